/** The comments of a discussion in the order in which they are read: each under the one that it answers. */

export interface Placed {
  number: number;
  /** The comment or opening post that it answers. */
  replyTo: number | null;
  /** Reactions of all kinds together. */
  likes: number;
}

export type Order = 'oldest' | 'newest' | 'liked';

export interface Branch {
  number: number;
  /** 0 for what answers the opening post. */
  depth: number;
  /** The comment above that it answers; null for what answers the opening post, or one that is not loaded. */
  parent: number | null;
  /** How many comments stand beneath it, at all depths. */
  below: number;
}

const opening = 1;

/**
 * Every comment once, parents before children. The order is that of the comments to the opening post; answers to a
 * comment stay in the order of their talk, except that the most liked of them come first where that is asked for.
 */
export function commentTree(comments: readonly Placed[], order: Order): Branch[] {
  const byAge = comments.toSorted((a, b) => a.number - b.number);
  const known = new Set(byAge.map(({ number }) => number));
  const children = new Map<number | null, Placed[]>();
  for (const comment of byAge) {
    const parent = parentOf(comment, known);
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [comment]);
    else siblings.push(comment);
  }
  const below = countBelow(byAge, known);

  const branches: Branch[] = [];
  // A row of answers can be a thousand deep: no recursion.
  const waiting = sorted(children.get(null) ?? [], order).map((comment) => ({ comment, depth: 0, parent: null as number | null }));
  waiting.reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { comment, depth, parent } = next;
    const { number } = comment;
    branches.push({ number, depth, parent, below: below.get(number) ?? 0 });
    const answers = sorted(children.get(number) ?? [], order === 'liked' ? 'liked' : 'oldest');
    for (const answer of answers.reverse()) waiting.push({ comment: answer, depth: depth + 1, parent: number });
  }
  return branches;
}

/** Only an older comment can be answered, so nothing goes round in circles. */
function parentOf({ number, replyTo }: Placed, known: ReadonlySet<number>): number | null {
  return replyTo !== null && replyTo !== opening && replyTo < number && known.has(replyTo) ? replyTo : null;
}

function countBelow(byAge: readonly Placed[], known: ReadonlySet<number>): Map<number, number> {
  const below = new Map<number, number>();
  for (const comment of byAge.toReversed()) {
    const parent = parentOf(comment, known);
    if (parent !== null) below.set(parent, (below.get(parent) ?? 0) + (below.get(comment.number) ?? 0) + 1);
  }
  return below;
}

function sorted(comments: readonly Placed[], order: Order): Placed[] {
  if (order === 'newest') return comments.toReversed();
  if (order === 'liked') return comments.toSorted((a, b) => b.likes - a.likes || a.number - b.number);
  return [...comments];
}

/** Without what stands beneath folded comments. */
export function unfolded(branches: readonly Branch[], folded: ReadonlySet<number>): Branch[] {
  const shown: Branch[] = [];
  for (let i = 0; i < branches.length; ) {
    const branch = branches[i];
    if (branch === undefined) break;
    shown.push(branch);
    i += folded.has(branch.number) ? branch.below + 1 : 1;
  }
  return shown;
}

/** The comments that must be open for this one to be seen, the nearest first. */
export function above(branches: readonly Branch[], number: number): number[] {
  const parents = new Map(branches.map((branch) => [branch.number, branch.parent]));
  const path: number[] = [];
  for (let parent = parents.get(number); parent != null; parent = parents.get(parent)) path.push(parent);
  return path;
}
