/** The closest known word, or null if none is within a third of its letters, at most three. */
export const nearest = (typed: string, known: readonly string[]): string | null => nearestOnes(typed, known)[0] ?? null;

/** All known words with the fewest edits from the typed one; none beyond a third of their letters, or three. */
export function nearestOnes(typed: string, known: readonly string[]): readonly string[] {
  const near = known
    .map((word) => ({ word, edits: editDistance(typed, word) }))
    .filter(({ word, edits }) => edits <= Math.min(3, Math.max(1, Math.floor(word.length / 3))));
  const fewest = Math.min(...near.map(({ edits }) => edits));
  return near.filter(({ edits }) => edits === fewest).map(({ word }) => word);
}

/** Levenshtein distance. */
export function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
