/** Twice the largest file that is read, so that only repeated parts (aliases of YAML) can exceed it. */
export const EXPANDED_LIMIT = 2 ** 21;

/** Deeper than any file of ours; a chain of aliases can be much deeper. */
const DEEPEST = 1_000;

/** True if a tree has too many values and characters when each repeated part is counted every time. A tree that contains itself has. */
export const isExpandedTooLarge = (tree: unknown): boolean => sizeOf(tree, new Map(), 0) > EXPANDED_LIMIT;

/** Counts a repeated part by its known size, so this takes no longer than the file is large. */
function sizeOf(value: unknown, known: Map<object, number>, depth: number): number {
  if (typeof value === 'string') return 1 + value.length;
  if (typeof value !== 'object' || value === null) return 1;
  const before = known.get(value);
  if (before !== undefined) return before;
  if (depth > DEEPEST) return Number.POSITIVE_INFINITY;
  // Until it is known: a part that is met inside of itself has no end.
  known.set(value, Number.POSITIVE_INFINITY);
  let size = 1;
  for (const part of partsOf(value)) size += sizeOf(part, known, depth + 1);
  known.set(value, size);
  return size;
}

function partsOf(value: object): Iterable<unknown> {
  if (Array.isArray(value) || value instanceof Set) return value;
  return (value instanceof Map ? [...value] : Object.entries(value)).flat(1);
}
