/** Waits for all of them; the first one that fails ends the others by `over`, and is thrown. */
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
