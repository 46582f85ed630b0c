import { cpuSeconds } from './lab.ts';

/** One of two who do the same work: `prepare` and `check` are outside the time. */
export interface Contender {
  prepare?(): Promise<void>;
  run(): Promise<void>;
  check?(): Promise<void>;
}

/** What a row of the table measures. */
export interface Race {
  readonly name: string;
  /** The ratio wall(peer) / wall(ours) that its median should reach. */
  readonly goal: number;
  readonly says: string;
  readonly peer: Contender;
  readonly ours: Contender;
}

/** What one run took. */
export interface Took {
  readonly wall: number;
  /** Processor seconds of this process and the clients it started; what sshd uses is not in it. */
  readonly cpu: number;
}

export interface Round {
  readonly peer: Took;
  readonly ours: Took;
}

/** One untimed round, then `rounds` of peer and ours in turn, so that a noisy minute hits both. */
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

/** Smallest, median and largest. */
export function spread(values: readonly number[]): readonly [number, number, number] {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const half = (sorted.length - 1) / 2;
  return [at(0), (at(Math.floor(half)) + at(Math.ceil(half))) / 2, at(sorted.length - 1)];
}
