interface Asked<Ask, Answer> {
  ask: Ask;
  resolve(answer: Answer | null): void;
  reject(error: unknown): void;
}

/**
 * Turns a question about many into one about one: who asks while a call is under way waits for the next, which takes all
 * of them. Without a timer, and what is answered was found after it was asked.
 * @param most asks that go into one call
 */
export function gathered<Ask, Answer>(
  all: (asks: readonly Ask[]) => Promise<readonly (Answer | null)[]>,
  most = 500,
): (ask: Ask) => Promise<Answer | null> {
  let waiting: Asked<Ask, Answer>[] = [];
  let running = false;

  async function work(): Promise<void> {
    // Let all who come in this turn of the event loop gather: nothing is sent to the database before its end anyway.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
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
