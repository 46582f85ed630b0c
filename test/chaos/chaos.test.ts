import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runChaos } from '../../src/sandbox/chaos/run-chaos.ts';

/** One of each kind, each of them a moment at which a worse worker would do too much or too little. */
const SUBSET = [
  'worker-killed-in-deploy:node-2',
  'worker-killed-before-the-jid-is-written',
  'worker-and-bot-killed-in-engines',
  'redis-killed-in-engines',
  'two-workers-and-the-first-is-killed-in-copy',
  'ssh-cut-in-deploy',
  'state-fails-once-in-mount',
  'archive-replaced-after-approval',
];
const summary = z.object({ scenarios: z.number(), survived: z.number(), failed: z.array(z.string()) });

describe('a change under chaos', { timeout: 300_000 }, () => {
  it('ends as if nothing had happened, or says what did', async ({ signal }) => {
    const said: string[] = [];
    const printed: string[] = [];
    await runChaos({
      json: true,
      list: false,
      seed: '1',
      only: SUBSET.join('|'),
      signal,
      say: (line) => said.push(line),
      print: (line) => printed.push(line),
    });
    const result = summary.parse(JSON.parse(printed.at(-1) ?? '{}'));
    expect(result.failed, said.join('\n')).toEqual([]);
    expect(result).toMatchObject({ scenarios: SUBSET.length + 1, survived: SUBSET.length + 1 });
  });
});
