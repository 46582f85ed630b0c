/** The closest known word, or null if none is within a third of its letters, at most three. */
export function nearest(typed: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let fewest = Number.POSITIVE_INFINITY;
  for (const word of known) {
    const edits = editDistance(typed, word);
    if (edits < fewest && edits <= Math.min(3, Math.max(1, Math.floor(word.length / 3)))) {
      best = word;
      fewest = edits;
    }
  }
  return best;
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
