/** One after the other; what fails for one does not keep the others waiting, and is thrown at the end. */
export async function forEachOne<T>(all: Iterable<T>, act: (one: T) => Promise<void>): Promise<void> {
  const errors: unknown[] = [];
  for (const one of all) await act(one).catch((error: unknown) => void errors.push(error));
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} of them could not be looked after`);
}
