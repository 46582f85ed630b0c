import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

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

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // Ceilings, for a machine ten times slower: no test waits for them.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
