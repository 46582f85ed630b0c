import { cpuSeconds } from './lab.ts';

/** One of two competitors for the same work; `prepare` and `check` are not timed. */
export interface Contender {
  prepare?(): Promise<void>;
  run(): Promise<void>;
  check?(): Promise<void>;
}

/** The measurement of one row. */
export interface Race {
  readonly name: string;
  /** The target for the median of wall(peer) / wall(ours). */
  readonly goal: number;
  readonly says: string;
  readonly peer: Contender;
  readonly ours: Contender;
}

/** The cost of one run. */
export interface Took {
  readonly wall: number;
  /** CPU seconds of this process and of the clients that it started, without sshd. */
  readonly cpu: number;
}

export interface Round {
  readonly peer: Took;
  readonly ours: Took;
}

/** Runs one untimed round, then `rounds` of peer and ours in turn, so that a busy minute affects both. */
export async function race({ peer, ours }: Race, rounds: number): Promise<readonly Round[]> {
  await timed(peer);
  await timed(ours);
  const all: Round[] = [];
  for (let round = 0; round < rounds; round += 1) all.push({ peer: await timed(peer), ours: await timed(ours) });
  return all;
}

async function timed({ prepare, run, check }: Contender): Promise<Took> {
  await prepare?.();
  const cpu = await cpuSeconds();
  const from = process.hrtime.bigint();
  await run();
  const wall = Number(process.hrtime.bigint() - from) / 1e9;
  const took = { wall, cpu: (await cpuSeconds()) - cpu };
  await check?.();
  return took;
}

/** Minimum, median and maximum. */
export function spread(values: readonly number[]): readonly [number, number, number] {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const half = (sorted.length - 1) / 2;
  return [at(0), (at(Math.floor(half)) + at(Math.ceil(half))) / 2, at(sorted.length - 1)];
}
