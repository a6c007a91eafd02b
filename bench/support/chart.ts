/** What was measured, as pictures for the documentation: SVG that reads well on light and on dark pages. */
import type { Measured } from './record.ts';
import { figure, median } from './table.ts';
import type { Column } from './work.ts';

const style = `text{font:13px system-ui,sans-serif;fill:#1f2328}.quiet{fill:#59636e;font-size:12px}.title{font-weight:600}
.bar,.dot{fill:#8c959f}.line{stroke:#8c959f;stroke-width:2;fill:none}.first .bar,.first .dot,.dot.first{fill:#2f6f4f}.line.first{stroke:#2f6f4f}.axis{stroke:#d1d9e0}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.quiet{fill:#9198a1}.bar,.dot{fill:#6e7681}.line{stroke:#6e7681}.first .bar,.first .dot,.dot.first{fill:#56b587}.line.first{stroke:#56b587}.axis{stroke:#3d444d}}`;

const width = 720;
const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function drawing(height: number, name: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(name)}"><style>${style}</style>${parts.join('')}</svg>\n`;
}

const drawn = (columns: readonly Column[]) => columns.filter(({ better, mustBeZero }) => better !== 'neither' && !mustBeZero);

/** A row of bars for each column, one bar for each contender, the longest bar as wide as there is room. */
export function bars({ work, columns, contenders }: Measured): string {
  const parts: string[] = [];
  const [left, right] = [120, 90];
  let y = 8;
  for (const { key, label, better } of drawn(columns)) {
    const values = contenders.map(({ runs }) => median(runs, key));
    const most = Math.max(...values.filter(Number.isFinite), Number.MIN_VALUE);
    y += 20;
    parts.push(`<text class="title" x="0" y="${y}">${escaped(label)} <tspan class="quiet">${better} is better</tspan></text>`);
    for (const [i, { name }] of contenders.entries()) {
      const value = values[i] ?? Number.NaN;
      const length = Number.isFinite(value) ? Math.max(1, (value / most) * (width - left - right)) : 0;
      y += 24;
      parts.push(
        `<g${i === 0 ? ' class="first"' : ''}><text x="${left - 10}" y="${y}" text-anchor="end">${escaped(name)}</text>`,
        `<rect class="bar" x="${left}" y="${y - 13}" width="${length.toFixed(1)}" height="17" rx="2"/><text x="${(left + length + 8).toFixed(1)}" y="${y}">${figure(value)}</text></g>`,
      );
    }
    y += 14;
  }
  return drawing(y + 8, work, parts);
}

/** How each column grows with one option: a line for each contender, both axes by powers of ten. */
export function slopes(option: string, points: readonly Measured[]): string {
  const [first] = points;
  if (!first) return drawing(0, option, []);
  const [left, right, high, apart] = [70, 125, 130, 78];
  const parts: string[] = [];
  const xs = points.map(({ options }) => Math.log10(Math.max(1, options[option] ?? 1)));
  const xOf = scale(Math.min(...xs), Math.max(...xs), left, width - right);
  for (const [n, { key, label }] of drawn(first.columns).entries()) {
    const top = n * (high + apart) + 46;
    const ys = (at: number) => points.map(({ contenders }) => Math.log10(Math.max(1e-6, median(contenders[at]?.runs ?? [], key))));
    const all = first.contenders.flatMap((_, at) => ys(at));
    // A power of ten at least, or what hardly changes would look like a cliff.
    const middle = (Math.min(...all) + Math.max(...all)) / 2;
    const yOf = scale(Math.min(...all, middle - 0.5), Math.max(...all, middle + 0.5), top + high, top);
    const lines = first.contenders.map((_, at) => ys(at).map(yOf));
    const figureOf = (i: number, at: number) => figure(median(points[i]?.contenders[at]?.runs ?? [], key));
    const names = apartBy(
      lines.map((line) => (line.at(-1) ?? 0) + 4),
      15,
      top + high + 4,
    );
    const isFree = (y: number, i: number) => y < top + high && !lines.some((line) => Math.abs(y - (line[i] ?? 0)) < 10);
    /** Above its dot, or below it where another line lies above and none below. */
    const besideDot = (y: number, i: number) => (!isFree(y - 11, i) && isFree(y + 13, i) ? y + 17 : y - 8);
    parts.push(
      `<text class="title" x="0" y="${top - 26}">${escaped(label)} <tspan class="quiet">by ${escaped(option)}, both logarithmic</tspan></text>`,
      `<path class="axis" d="M${left - 10} ${top + high + 6}H${width - right + 10}"/>`,
      ...points.map(
        ({ options }, i) =>
          `<text class="quiet" x="${xOf(xs[i] ?? 0)}" y="${top + high + 22}" text-anchor="middle">${figure(options[option] ?? 0)}</text>`,
      ),
    );
    for (const [at, { name }] of first.contenders.entries()) {
      const kind = at === 0 ? ' first' : '';
      const places = (lines[at] ?? []).map((y, i) => [xOf(xs[i] ?? 0), y] as const);
      parts.push(
        `<path class="line${kind}" d="M${places.map((place) => place.join(' ')).join('L')}"/>`,
        ...places.map(([x, y]) => `<circle class="dot${kind}" cx="${x}" cy="${y}" r="3.5"/>`),
        // All figures of all would lie on each other: those of the first, and of the others where they end.
        ...places
          .slice(0, at === 0 ? -1 : 0)
          .map(([x, y], i) => `<text class="quiet" x="${x}" y="${besideDot(y, i)}" text-anchor="middle">${figureOf(i, at)}</text>`),
        `<text x="${width - right + 14}" y="${names[at]}">${escaped(name)} <tspan class="quiet">${figureOf(points.length - 1, at)}</tspan></text>`,
      );
    }
  }
  return drawing(drawn(first.columns).length * (high + apart) + 8, first.work, parts);
}

/** The same places, moved down as far as it takes to stand apart, and all of them up if the last one would be beyond the end. */
function apartBy(places: readonly number[], gap: number, end: number): number[] {
  const moved = [...places];
  let free = Number.NEGATIVE_INFINITY;
  for (const at of [...places.keys()].sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0))) {
    moved[at] = Math.max(places[at] ?? 0, free);
    free = (moved[at] ?? 0) + gap;
  }
  const beyond = Math.max(0, free - gap - end);
  return moved.map((place) => place - beyond);
}

/** Maps values from least to most to places, rounded to whole units. */
function scale(least: number, most: number, from: number, to: number): (value: number) => number {
  const span = most - least || 1;
  return (value) => Math.round(from + ((value - least) / span) * (to - from));
}
