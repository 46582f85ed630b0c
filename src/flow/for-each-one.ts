/** Runs `act` for each item in turn. A failure does not stop the others; all errors are thrown together at the end. */
export async function forEachOne<T>(all: Iterable<T>, act: (one: T) => Promise<void>): Promise<void> {
  const errors: unknown[] = [];
  for (const one of all) await act(one).catch((error: unknown) => void errors.push(error));
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} failed`);
}
