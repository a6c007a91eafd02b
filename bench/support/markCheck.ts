/** Whether one listener got what it should: the marks `~<number: 8 hex>.…~` in message bodies, each once and in order. */
export interface MarkCheck {
  /** The marks of these numbers are to come, in order, from now on. */
  expect(first: number, count: number): void;
  scan(bytes: Buffer): void;
  counts(): { lost: number; doubled: number; reordered: number };
}

const tilde = 0x7e;
const dot = 0x2e;

/** For one channel of a listener: numbers rise by one. */
export function createMarkCheck(): MarkCheck {
  let wanted = 0;
  let came = 0;
  let doubled = 0;
  let reordered = 0;
  let last = 0;

  function found(number: number): void {
    if (number > last) {
      came++;
      last = number;
    } else if (number === last) doubled++;
    else reordered++;
  }

  return {
    expect(first, count) {
      wanted += count;
      last = Math.max(last, first - 1);
    },
    scan(bytes) {
      for (let at = bytes.indexOf(tilde); at >= 0; at = bytes.indexOf(tilde, at + 1)) {
        if (bytes[at + 9] !== dot) continue;
        const number = Number(`0x${bytes.toString('latin1', at + 1, at + 9)}`);
        if (Number.isNaN(number)) continue;
        found(number);
        at += 9;
      }
    },
    counts: () => ({ lost: wanted - came, doubled, reordered }),
  };
}
