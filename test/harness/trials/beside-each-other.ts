/** Waits for all promises. If one rejects, ends the others with `over`, and throws the first error. */
export async function besideEachOther(
  over: AbortController,
  ...acts: readonly (Promise<void> | undefined)[]
): Promise<void> {
  const ended = async (act: Promise<void> | undefined) => {
    try {
      await act;
    } catch (error) {
      over.abort(error);
      throw error;
    }
  };
  await Promise.all(acts.map(ended));
}
