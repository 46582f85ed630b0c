/** Runs `play` for each item, in order, with limited parallelism; verdicts are in order of completion. */
export async function playEach<T, V>(
  all: readonly T[],
  { atOnce, signal }: { readonly atOnce: number; readonly signal: AbortSignal },
  play: (one: T) => Promise<V>,
): Promise<readonly V[]> {
  const left = [...all];
  const ended: V[] = [];
  const lane = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      signal.throwIfAborted();
      ended.push(await play(next));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return ended;
}
