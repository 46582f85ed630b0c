import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runChaos } from './run-chaos.ts';

/** Some scenarios of the kinds that test/scenarios does not have, at moments when a faulty bot or worker would do too much, do too little, or report the wrong result. */
const SUBSET = [
  'worker-killed-before-the-jid-is-written',
  'bot-killed-when-the-card-is-posted',
  'worker-and-bot-killed-in-engines',
  'redis-killed-in-engines',
  'redis-back-without-its-data-in-engines',
  'two-workers-and-the-first-is-killed-in-copy',
  'cancel-in-copy-and-the-worker-is-killed',
  'bot-clock-three-hours-back-in-mount',
  'undo-worker-killed-in-unmount-and-in-remove-copy',
  'sync-worker-killed-in-deploy',
  'drill-redis-gone-for-a-while',
  'drill-worker-back-without-redis',
];
const summary = z.object({ scenarios: z.number(), survived: z.number(), failed: z.array(z.string()) });

describe('a change under chaos', { timeout: 2_400_000 }, () => {
  it('ends as an undisturbed change does, or reports what went wrong', async ({ signal }) => {
    const said: string[] = [];
    const printed: string[] = [];
    await runChaos({
      json: true,
      list: false,
      seed: '1',
      only: SUBSET.join('|'),
      atOnce: 2,
      signal,
      say: (line) => said.push(line),
      print: (line) => printed.push(line),
    });
    const result = summary.parse(JSON.parse(printed.at(-1) ?? '{}'));
    expect(result.failed, said.join('\n')).toEqual([]);
    expect(result.scenarios).toBeGreaterThan(SUBSET.length);
    for (const name of SUBSET) expect(said.join('\n')).toContain(name);
  });
});
