export interface TurnLimits {
  /** So many run at once, */
  atOnce: number;
  /** and so many wait; whoever comes beyond them is refused. */
  mostWaiting: number;
  refusal: () => Error;
}

/** Heavy work, never more of it at once than there is room for. Answers what runs a piece of it when its turn comes. */
export function createTurns({ atOnce, mostWaiting, refusal }: TurnLimits): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= atOnce) {
      if (waiting.length >= mostWaiting) throw refusal();
      // Whoever ends hands its place over, so `running` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
