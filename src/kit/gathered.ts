interface Asked<Ask, Answer> {
  ask: Ask;
  resolve(answer: Answer | null): void;
  reject(error: unknown): void;
}

export interface Gathering {
  /** Asks that go into one call; 500 unless told. */
  most?: number;
  /** Milliseconds from the beginning of a call of several asks to the next one's; 0 unless told. */
  apart?: number;
}

/**
 * For what every client asks for as it connects, or says all the time. When thousands come back at once, calls that never wait
 * take two or three asks each; so they are larger, and who comes back costs a sixth less. One who asks alone waits for nothing.
 */
export const whenManyCome: Gathering = { apart: 20 };

/**
 * Turns a question about many into one about one: who asks while a call is under way waits for the next, which takes all
 * of them. What is answered was found after it was asked.
 */
export function gathered<Ask, Answer>(
  all: (asks: readonly Ask[]) => Promise<readonly (Answer | null)[]>,
  { most = 500, apart = 0 }: Gathering = {},
): (ask: Ask) => Promise<Answer | null> {
  let waiting: Asked<Ask, Answer>[] = [];
  let running = false;

  async function work(): Promise<void> {
    // Let all who come in this turn of the event loop gather: nothing is sent to the database before its end anyway.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const began = performance.now();
      const some = waiting.slice(0, most);
      waiting = waiting.slice(most);
      try {
        const answers = await all(some.map(({ ask }) => ask));
        some.forEach(({ resolve }, i) => {
          resolve(answers[i] ?? null);
        });
      } catch (error) {
        for (const { reject } of some) reject(error);
      }
      const rest = began + apart - performance.now();
      if (rest > 0 && some.length > 1 && waiting.length < most) await new Promise((resolve) => setTimeout(resolve, rest));
    }
    running = false;
  }

  return (ask) =>
    new Promise((resolve, reject) => {
      waiting.push({ ask, resolve, reject });
      if (running) return;
      running = true;
      void work();
    });
}
