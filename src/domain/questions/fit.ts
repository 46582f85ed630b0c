import { count } from '../text/format.ts';

/** A line of an answer; the highest rank is left out first. */
export interface RankedLine {
  readonly rank: number;
  readonly text: string;
}

/** Characters for the line that says how many are left out. */
const NOTE_ROOM = 80;

/** The lines that fit, in their order. If some do not, the least important ones are left out, and the last line counts them. */
export function fitByRank(lines: readonly RankedLine[], room: number): readonly string[] {
  if (lengthOf(lines) <= room) return lines.map(({ text }) => text);
  const kept = new Set<RankedLine>();
  let left = room - NOTE_ROOM;
  for (const line of lines.toSorted((one, other) => one.rank - other.rank)) {
    if (line.text.length + 1 > left) continue;
    kept.add(line);
    left -= line.text.length + 1;
  }
  const shown = lines.filter((line) => kept.has(line)).map(({ text }) => text);
  return [...shown, `… ${count(lines.length - shown.length, 'less important line')} left out.`];
}

const lengthOf = (lines: readonly RankedLine[]): number => lines.reduce((sum, { text }) => sum + text.length + 1, 0);
