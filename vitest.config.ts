import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { CACHE } from './sandbox/place.ts';

/** The longest files, most of whose time is waiting: begun first, so that at the end nobody waits for one of them alone. */
const LONGEST = ['test/e2e/scenarios.test.ts', 'test/chaos/chaos.test.ts', 'test/attack/attack.test.ts'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => LONGEST.indexOf(relative(import.meta.dirname, moduleId));
    const sorted = await super.sort(files);
    const longest = sorted.filter((file) => rank(file) >= 0).toSorted((a, b) => rank(a) - rank(b));
    return [...longest, ...sorted.filter((file) => rank(file) < 0)];
  }
}

/** Tests that start whole processes, or end their own: each file has a process of its own. */
const ALONE = ['test/{attack,chaos,e2e,field,mutation,sandbox/slack/page,trust}/**/*.test.ts'];

// V8 begins with 1 MB for young objects. Those of the first files would be copied and marked many times.
const ROOMY = ['--min-semi-space-size=16', '--max-semi-space-size=64'];

// Ceilings, for a machine ten times slower: no test waits for them.
const CEILINGS = { testTimeout: 120_000, hookTimeout: 240_000, expect: { poll: { timeout: 60_000 } } };

// Read by every Node that vitest and the tests start: packages and sources are compiled once, not for each process.
process.env['NODE_COMPILE_CACHE'] = CACHE;

export default defineConfig({
  test: {
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { ...CEILINGS, name: 'alone', include: ALONE } },
      // The files of a worker share its modules, which halves the time of short ones.
      {
        test: {
          ...CEILINGS,
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: ALONE,
          isolate: false,
          execArgv: ROOMY,
        },
      },
    ],
  },
});
