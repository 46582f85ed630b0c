import type { NodeActs, World } from '../../world.ts';
import type { ProgramIo } from './program-io.ts';
import { runSalt } from './salt-cli.ts';
import { runSaltRun } from './salt-run.ts';

/** The programs of the salt-master container. */
export interface SaltMaster {
  /** Whether this program exists. */
  has(program: string): boolean;
  /** Runs `salt …` or `salt-run …`. An abort ends only the program, never a published job. */
  run(argv: readonly string[], io: ProgramIo): Promise<number>;
}

const SIGTERM_EXIT = 143;
type Program = (world: World, acts: NodeActs, words: readonly string[], io: ProgramIo) => Promise<number>;
const PROGRAMS: ReadonlyMap<string, Program> = new Map([
  ['salt', runSalt],
  ['salt-run', runSaltRun],
  ['true', async () => 0],
]);

/** The Salt master of a world. */
export function saltMaster(world: World, acts: NodeActs): SaltMaster {
  return {
    has: (program) => PROGRAMS.has(program),
    run: async ([program = '', ...words], io) => {
      const main = PROGRAMS.get(program);
      if (main === undefined) throw new RangeError(`no program ${program} in the salt-master container`);
      return await untilKilled(main(world, acts, words, io), io.signal);
    },
  };
}

async function untilKilled(run: Promise<number>, signal: AbortSignal): Promise<number> {
  try {
    const exitCode = await run;
    return signal.aborted ? SIGTERM_EXIT : exitCode;
  } catch (error) {
    if (signal.aborted) return SIGTERM_EXIT;
    throw error;
  }
}
