import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runAttacks } from './run-attacks.ts';

/** One or two attacks of each kind. Run all with `npm run attack`. */
const SUBSET = [
  'approval-by-a-new-key-under-the-bots-name',
  'approval-altered-digest',
  'approval-expired',
  'approval-of-another-cluster',
  'job-with-__proto__',
  'job-that-is-no-json',
  'job-without-approval',
  'click-by-mallory',
  'click-by-the-requester',
  'click-on-another-channel',
  'click-with-a-made-up-digest',
  'http-unsigned',
  'http-from-the-future',
  'http-oversize',
  'event-with-__proto__',
  'card-at-the-place-of-another',
  'freeze-in-the-name-of-another',
  'node-named-a-substitution',
  'reason-of-RTL',
  'bootstrap.yaml-bomb',
  'worker-config-50-MB',
  'archive-link-to-shadow',
  'link-for-the-part-file',
  'manifest-that-is-a-device',
  'ssh-server-with-another-key',
  'ssh-server-endless-output',
  'ssh-host-by-another-name',
  'kube-api-node-names',
  'key-signing-key-readable-by-all',
  'journal-line-missing',
];
const summary = z.object({ attacks: z.number(), stopped: z.number(), through: z.array(z.string()) });

describe('an attacker with Redis, the network or a file', { timeout: 1_200_000 }, () => {
  it('is stopped, and both processes continue normal work', async ({ signal }) => {
    const said: string[] = [];
    const printed: string[] = [];
    const options = { json: true, list: false, only: SUBSET.join('|'), seed: null, atOnce: 1, signal };
    await runAttacks({ ...options, say: (line) => said.push(line), print: (line) => printed.push(line) });
    const { attacks, through } = summary.parse(JSON.parse(printed.at(-1) ?? '{}'));
    expect(through, said.join('\n')).toEqual([]);
    expect(attacks).toBeGreaterThanOrEqual(SUBSET.length);
  });
});
