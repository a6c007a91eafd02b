import { clearScreenDown, createInterface, cursorTo, type Key, moveCursor } from 'node:readline';
import { Writable } from 'node:stream';

/** A terminal with one line of input at the bottom; what is printed goes above it and never into what is being typed. */
export interface Screen {
  /** False where input or output is a pipe or a file: then there is no prompt and no editing. */
  readonly isTerminal: boolean;
  print(text: string): void;
  /** @throws when the input ends without an answer */
  ask(question: string, options?: { hidden?: boolean }): Promise<string>;
  /** Shown before the input. */
  prompt(text: string): void;
  /**
   * Every line entered from now on, and those that came before. `goesOn`: it is part of a paste of several lines, and the
   * last one is still to come. A listener that answers true has its echo taken off the screen.
   */
  onLine(listener: (line: string, goesOn: boolean) => boolean): void;
  /** Something was typed; what the line is now. */
  onType(listener: (line: string) => void): void;
  /** Ctrl-C while there is something to give up: the line is emptied. */
  onGiveUp(listener: () => void): void;
  /** The end of the input, Ctrl-D, or Ctrl-C on an empty line. */
  onEnd(listener: () => void): void;
  /** What Tab offers for the word at the end of the line. */
  completes(choices: (word: string) => string[]): void;
  close(): void;
}

const bracketedPaste = { on: '\x1b[?2004h', off: '\x1b[?2004l' };

export function createScreen(): Screen {
  const { stdin, stdout } = process;
  const isTerminal = stdout.isTTY === true && stdin.isTTY === true;
  let isHidden = false;
  let isAsking = false;
  let isPasting = false;
  let isClosed = false;
  let isEnded = false;
  let enteredRows = 0;
  let choices: (word: string) => string[] = () => [];
  let lineListener: Parameters<Screen['onLine']>[0] | null = null;
  let endListener = () => {};
  let giveUp = () => {};
  const early: string[] = [];

  // What readline draws goes through here, so that a password is not shown.
  const output = new Writable({
    write(chunk, encoding, done) {
      if (!isHidden) stdout.write(chunk, encoding);
      // At once, or what is drawn after would come between.
      done();
    },
  });
  let { columns } = stdout;
  Object.defineProperty(output, 'columns', { get: () => columns });
  // Terminals break lines anew, while readline goes up as many rows as there were before.
  const resized = () => {
    const before = lines.getCursorPos().rows;
    columns = stdout.columns;
    const { rows } = lines.getCursorPos();
    if (rows > before) moveCursor(stdout, 0, before - rows);
    else stdout.write('\n'.repeat(before - rows));
    output.emit('resize');
  };
  if (isTerminal) stdout.on('resize', resized);

  // Before readline's own listener: what the input looks like at the moment of Enter, and whether that is part of a paste.
  const beforeKey = (_: string | undefined, key: Key | undefined) => {
    if (key?.name === 'paste-start') isPasting = true;
    if (key?.name === 'paste-end') isPasting = false;
    if (key?.name !== 'return' && key?.name !== 'enter') return;
    lines.write(null, { name: 'end' });
    enteredRows = lines.getCursorPos().rows + 1;
  };
  if (isTerminal) {
    stdin.on('keypress', beforeKey);
    stdout.write(bracketedPaste.on);
  }

  const lines = createInterface({
    input: stdin,
    output,
    terminal: isTerminal,
    prompt: '',
    historySize: 500,
    removeHistoryDuplicates: true,
    completer: (line: string) => {
      const word = /\S*$/.exec(line)?.[0] ?? '';
      return [choices(word), word];
    },
  });
  lines.on('history', (history: string[]) => {
    if (isAsking) history.shift();
  });
  lines.on('line', (line) => {
    if (isAsking) return;
    if (lineListener === null) {
      early.push(line);
      return;
    }
    const takeOff = lineListener(line, isPasting);
    if (!isTerminal) return;
    if (takeOff) {
      moveCursor(stdout, 0, -enteredRows);
      cursorTo(stdout, 0);
      clearScreenDown(stdout);
    }
    if (!isClosed) lines.prompt();
  });
  lines.on('SIGINT', () => {
    if (lines.line === '' && !isAsking) {
      lines.close();
      return;
    }
    if (isAsking) lines.close();
    else lines.write(null, { ctrl: true, name: 'e' });
    lines.write(null, { ctrl: true, name: 'u' });
    giveUp();
  });
  lines.on('close', () => {
    isEnded = true;
    endListener();
  });

  function print(text: string): void {
    if (!isTerminal || isClosed || isEnded || isHidden) {
      stdout.write(`${text}\n`);
      return;
    }
    // From the first row of the input on. readline goes up as many rows again before it draws the input anew.
    const { rows } = lines.getCursorPos();
    moveCursor(stdout, 0, -rows);
    cursorTo(stdout, 0);
    clearScreenDown(stdout);
    stdout.write(`${text}\n${'\n'.repeat(rows)}`);
    lines.prompt(true);
  }

  return {
    isTerminal,
    print,
    ask: (question, options) =>
      new Promise((resolve, reject) => {
        const ended = () => reject(new Error('Nobody signed in.'));
        if (isEnded) return ended();
        isAsking = true;
        endListener = ended;
        lines.question(question, (answer) => {
          if (isHidden) stdout.write('\n');
          isHidden = isAsking = false;
          endListener = () => {};
          resolve(options?.hidden ? answer : answer.trim());
        });
        isHidden = options?.hidden === true && isTerminal;
      }),
    prompt(text) {
      if (lines.getPrompt() === text || isClosed || isEnded) return;
      lines.setPrompt(text);
      if (isTerminal) lines.prompt(true);
    },
    onLine(listener) {
      lineListener = listener;
      for (const line of early.splice(0)) listener(line, false);
    },
    onType: (listener) => {
      if (isTerminal) stdin.on('keypress', () => listener(lines.line));
    },
    onGiveUp(listener) {
      giveUp = listener;
    },
    onEnd(listener) {
      endListener = listener;
      if (isEnded) listener();
    },
    completes(offer) {
      choices = offer;
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      stdout.off('resize', resized);
      stdin.off('keypress', beforeKey);
      if (isTerminal) {
        if (!isEnded) moveCursor(stdout, 0, -lines.getCursorPos().rows);
        cursorTo(stdout, 0);
        clearScreenDown(stdout);
        stdout.write(bracketedPaste.off);
      }
      lines.close();
    },
  };
}
