import { clearLine, clearScreenDown, createInterface, cursorTo, moveCursor } from 'node:readline';
import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

/** A terminal with one line of input at the bottom; what is printed goes above it and never into what is being typed. */
export interface Screen {
  print(line: string): void;
  ask(question: string, options?: { hidden?: boolean }): Promise<string>;
  /** Shown before the input. */
  prompt(text: string): void;
  onLine(listener: (line: string) => void): void;
  /** Takes the line just entered off the screen, where it is about to be drawn as a message. */
  unecho(line: string): void;
  onKey(listener: () => void): void;
  onClose(listener: () => void): void;
  /** What Tab offers for the word at the end of the line. */
  completes(choices: (word: string) => string[]): void;
  close(): void;
}

export function createScreen(): Screen {
  let hidden = false;
  let choices: (word: string) => string[] = () => [];
  const output = new Writable({
    write(chunk, encoding, done) {
      if (!hidden) process.stdout.write(chunk, encoding);
      done();
    },
  });
  const terminal = process.stdout.isTTY === true && process.stdin.isTTY === true;
  const lines = createInterface({
    input: process.stdin,
    output: Object.assign(output, { columns: process.stdout.columns }),
    terminal,
    prompt: '',
    historySize: 200,
    completer: (line: string) => {
      const word = /\S*$/.exec(line)?.[0] ?? '';
      return [choices(word), word];
    },
  });
  process.stdout.on('resize', () => Object.assign(output, { columns: process.stdout.columns }));

  function print(line: string): void {
    if (terminal) {
      // The input may have wrapped: go to its first row before clearing it.
      moveCursor(process.stdout, 0, -lines.getCursorPos().rows);
      cursorTo(process.stdout, 0);
      clearLine(process.stdout, 0);
    }
    process.stdout.write(`${line}\n`);
    if (terminal && !hidden) lines.prompt(true);
  }

  return {
    print,
    ask: (question, options) =>
      new Promise((resolve) => {
        lines.question(question, (answer) => {
          if (hidden) process.stdout.write('\n');
          hidden = false;
          resolve(answer.trim());
        });
        hidden = options?.hidden === true && terminal;
      }),
    prompt(text) {
      if (lines.getPrompt() === text) return;
      lines.setPrompt(text);
      if (terminal) lines.prompt(true);
    },
    onLine: (listener) => lines.on('line', listener),
    unecho(line) {
      if (!terminal) return;
      const width = stripVTControlCharacters(lines.getPrompt()).length + line.length;
      moveCursor(process.stdout, 0, -(Math.floor(width / (process.stdout.columns || 80)) + 1));
      cursorTo(process.stdout, 0);
      clearScreenDown(process.stdout);
    },
    onKey: (listener) => process.stdin.on('data', listener),
    onClose: (listener) => lines.on('close', listener),
    completes(offer) {
      choices = offer;
    },
    close: () => lines.close(),
  };
}
