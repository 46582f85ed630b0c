import { describe, expect, it } from 'vitest';
import {
  FINDING_LIMIT,
  type ProofResult,
  proofResultSchema,
  proofVerdict,
} from '../../../src/domain/cluster/proof-result.ts';
import { verify } from '../../../src/domain/questions/verify/verify.ts';
import type { VerifyAsk, VerifyPhase } from '../../../src/domain/questions/verify/view.ts';
import { PLAIN } from '../../../src/domain/text/markup.ts';
import { MRKDWN } from '../../../src/slack/text/markup.ts';
import { PROVEN } from '../../contract/proofs.contract.ts';
import { expectGolden } from '../../fixtures/golden.ts';

/** Plain words, with the room of a message in Slack. */
const SLACK = { ...PLAIN, room: MRKDWN.room };

const ASK: VerifyAsk = { cluster: 'lab', nodes: [], deep: true };
const said = (phase: VerifyPhase, ask = ASK) => verify.answer({ ask, phase }, SLACK).split('\n');
const NOTED = { line: 28, hash: '0123456789abcdef'.repeat(4) };
const ended = (changes: Partial<ProofResult> = {}, journal: typeof NOTED | null = NOTED) =>
  said({ is: 'ended', report: { is: 'ended', request: 1, result: { ...PROVEN, ...changes }, journal } });

const dryRun = (changes: Partial<ProofResult>) => {
  const result = { ...PROVEN, deep: false, layers: { blobs: 0, bytes: 0 }, ...changes };
  const report = { is: 'ended', request: 1, result, journal: NOTED } as const;
  return said({ is: 'ended', report }, { cluster: 'lab', nodes: [], deep: false, drills: 'node-2' });
};

const LAYER =
  'metalk8s-128.0.1/salt-master:3002.9-1 has wrong bytes in the blob sha256:2d49b13b5f12: the SHA-256 of what it serves is 7d1b27770a88';
const AWAY = {
  where: 'node-3',
  says: 'The registry did not return http://10.200.3.13:8080/v2/: connection refused. 13 of 13 images were not compared.',
};
/** A registry in which nothing is right, with long names. */
const WRONG = Array.from({ length: 60 }, (_, at) => ({
  where: `storage-node-${at}.rack-3.example.org`,
  says: `metalk8s-128.0.1/${'a-very-long-image-name-'.repeat(3)}${at}:1.2.3 has a different manifest than on the bootstrap node`,
}));

describe('the answers of verify', () => {
  it('stay as reviewed', () => {
    expectGolden('verify/answers', {
      asked: said({ is: 'asked', request: 1, size: { registries: 2, images: 13 } }),
      'asked of one, without layers': said(
        { is: 'asked', request: 1, size: null },
        { ...ASK, nodes: ['node-2'], deep: false },
      ),
      running: said({
        is: 'running',
        request: 1,
        progress: { done: 1.2e9, total: 8e9, unit: 'bytes', secondsLeft: 140 },
      }),
      'proved with layers': ended(),
      'proved without layers': ended({ deep: false, layers: { blobs: 0, bytes: 0 } }),
      'proved, of the bootstrap node alone': ended({ registries: PROVEN.registries.slice(0, 1) }),
      'proved, and not noted': ended({}, null),
      'the dry run of a drill': dryRun({}),
      'the dry run of a drill, of a node without a registry': dryRun({ registries: PROVEN.registries.slice(0, 1) }),
      'the dry run of a drill, with a registry away': dryRun({ unread: [AWAY] }),
      'a wrong layer': ended({ differences: [{ where: 'node-2', says: LAYER }] }),
      'a registry away': ended({
        unread: [AWAY],
        registries: [...PROVEN.registries, { node: 'node-3', isBootstrap: false }],
      }),
      'both, and an engine': ended({
        differences: [
          { where: 'node-2', says: LAYER },
          { where: 'node-4', says: 'Its container engine does not list exactly http://10.200.3.11:8080, but nothing' },
        ],
        engines: { all: 4, right: 3 },
        unread: [AWAY],
      }),
      'the worker stopped': ended({ cut: { is: 'worker-stopped', says: 'The worker was stopped.' } }),
      'a change began': ended({
        cut: { is: 'change', says: 'lab-7f3k2q began, and a change restarts what a proof reads.' },
        differences: [{ where: 'node-2', says: LAYER }],
      }),
      busy: said({ is: 'busy', progress: { done: 6, total: 13, unit: 'images', secondsLeft: null } }),
      silent: said({ is: 'worker-away', worker: { is: 'silent', since: null } }),
      lost: said({ is: 'lost', why: 'silent' }),
    });
  });

  it('fit one message, with the first line and what was compared, however much is wrong', () => {
    const says = ended({ differences: WRONG, moreDifferences: 940, unread: WRONG, moreUnread: 43 });
    expect(says.join('\n').length).toBeLessThanOrEqual(3_000);
    expect(says[0]).toBe('lab: Not proved: 1000 differences found. 103 parts could not be read.');
    expect(says.at(-1)).toMatch(/less important lines left out\.$/);
    expect(says.filter((line) => line.startsWith('• storage-node-')).length).toBeGreaterThan(5);
    expect(proofResultSchema.safeParse({ ...PROVEN, differences: WRONG, unread: WRONG }).success).toBe(true);
  });

  it('keep a finding of any letters within what a reader accepts', () => {
    const notes = { ...PROVEN, differences: [{ where: 'node-2', says: '🙂'.repeat(FINDING_LIMIT) }] };
    expect(proofResultSchema.safeParse(notes).success).toBe(true);
  });

  it('never call what could not be read proven, and never different', () => {
    expect(proofVerdict({ ...PROVEN, unread: [AWAY] })).toBe('unknown');
    expect(proofVerdict({ ...PROVEN, cut: { is: 'too-long', says: 'It took longer than 25 minutes.' } })).toBe(
      'unknown',
    );
    expect(proofVerdict({ ...PROVEN, unread: [AWAY], differences: [{ where: 'node-2', says: LAYER }] })).toBe(
      'different',
    );
  });
});
