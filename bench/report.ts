import { type Race, type Round, spread } from './race.ts';

/** A row of the result. Only ratios: absolute times do not transfer to another machine. */
export interface Row {
  readonly name: string;
  /** Minimum, median, maximum; above 1 is faster than the peer. */
  readonly ratio: readonly [number, number, number];
  readonly rounds: number;
  readonly goal: number;
  readonly met: boolean;
  readonly says: string;
  /** Where the time or the memory goes, if the goal was missed. */
  readonly profile?: string;
}

/** The row, with its profile if its goal was missed. */
export async function withProfile(row: Row, profile: () => string | Promise<string>): Promise<Row> {
  return row.met ? row : { ...row, profile: await profile() };
}

/** The row of a race, with the ratio of each round. */
export function rowOf({ name, goal, says }: Race, rounds: readonly Round[]): Row {
  return ratioRow(
    name,
    goal,
    says,
    rounds.map(({ peer, ours }) => peer.wall / ours.wall),
  );
}

/** A row of ratios; the median should reach the goal, or stay below it with `below`. */
export function ratioRow(name: string, goal: number, says: string, ratios: readonly number[], below = false): Row {
  const [least, median, most] = spread(ratios);
  const met = below ? median <= goal : median >= goal;
  return { name, ratio: [round(least), round(median), round(most)], rounds: ratios.length, goal, met, says };
}

/** Formats rows as a table. */
export function table(rows: readonly Row[]): string {
  return rows
    .map(({ name, ratio: [least, median, most], rounds, goal, met, says, profile }) => {
      const numbers = `${median.toFixed(2)} (${least.toFixed(2)}..${most.toFixed(2)})`;
      const line = `${name.padEnd(16)} ${numbers.padEnd(20)} n=${rounds} goal ${goal} ${met ? 'met   ' : 'MISSED'} ${says}`;
      return profile === undefined ? line : `${line}\n${' '.repeat(17)}${profile}`;
    })
    .join('\n');
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
