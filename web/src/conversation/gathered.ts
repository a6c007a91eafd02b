/**
 * Things that are asked for one by one and fetched together: those of one tick in one request.
 * @param fetchAll answers those that were found, by what was asked
 * @param most in one request
 */
export function gathered<Ask, Answer>(
  fetchAll: (asks: readonly Ask[]) => Promise<ReadonlyMap<Ask, Answer>>,
  most: number,
): (ask: Ask) => Promise<Answer | undefined> {
  let waiting: { ask: Ask; answer: PromiseWithResolvers<Answer | undefined> }[] = [];

  async function fetchSome(some: typeof waiting): Promise<void> {
    try {
      const found = await fetchAll(some.map(({ ask }) => ask));
      for (const { ask, answer } of some) answer.resolve(found.get(ask));
    } catch (error) {
      for (const { answer } of some) answer.reject(error);
    }
  }

  return (ask) => {
    const answer = Promise.withResolvers<Answer | undefined>();
    waiting.push({ ask, answer });
    if (waiting.length === 1)
      setTimeout(() => {
        const all = waiting;
        waiting = [];
        for (let from = 0; from < all.length; from += most) void fetchSome(all.slice(from, from + most));
      });
    return answer.promise;
  };
}
