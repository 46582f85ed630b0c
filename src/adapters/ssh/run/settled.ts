export type Settled<T> = { readonly value: T } | { readonly error: unknown };

/** As a value, so that work nobody waits for yet, or any more, may fail without harm. */
export function settled<T>(work: Promise<T>): Promise<Settled<T>> {
  return work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}
