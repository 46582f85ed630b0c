type Settled<T> = { readonly value: T } | { readonly error: unknown };

/** The outcome as a value, so that work without a waiter never causes an unhandled rejection. */
export function settled<T>(work: Promise<T>): Promise<Settled<T>> {
  return work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}
