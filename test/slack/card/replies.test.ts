import { describe, expect, it } from 'vitest';
import type { FailureReport } from '../../../src/domain/answers/failure-report.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import { repliesOf } from '../../../src/slack/card/replies.ts';
import { TEXT_LIMIT } from '../../../src/slack/text/fit.ts';
import { ALICE, approved, at, changeOf, DEPLOY_FAILED, going, planned, requested } from '../card-events.ts';

const MARK = { line: 1_234_567, hash: 'f'.repeat(64) };

/** The reply for this failure of the deployment. */
function toldOf(failure: FailureReport): string {
  const end: ChangeEvent = { type: 'failed', at: '2026-11-22T10:04:00.000Z', failure };
  const told = repliesOf(
    changeOf([...going, { ...end, type: 'step-failed', step: 'deploy:node-2', seconds: 4 }, end]),
    MARK,
  );
  return told.find(({ name }) => name === 'failed')?.text ?? '';
}

describe('the thread of a plan that needs several approvals', () => {
  it('says anew whose approvals count when another person’s takes the place of one that no longer does', () => {
    const vote = (id: string): ChangeEvent => ({
      type: 'voted',
      at: at(2),
      by: { id, name: id },
      counts: [id],
      needed: 2,
    });
    const [before, after] = [[vote('U1')], [vote('U1'), vote('U2')]].map((votes) =>
      repliesOf(changeOf([requested(), planned(), ...votes])).find(({ name }) => name.startsWith('vote')),
    );
    expect(before?.text).toContain('1 of 2 approvals: U1');
    expect(after?.text).toContain('1 of 2 approvals: U2');
    expect(after?.name).not.toBe(before?.name);
  });
});

describe('the thread of a failed change', () => {
  it('quotes the Salt comment, and names the button', () => {
    expect(toldOf(DEPLOY_FAILED).split('\n')).toEqual([
      '<@U0ALICE>: lab-7f3k2q failed at “Deploy the registry on node-2” (node-2). The Salt state “Install repositories manifest” of metalk8s.repo.installed failed.',
      '```',
      'Failed to import archive: ctr: failed to ingest "blobs/sha256/1f2a": no space left on device &lt;&amp;&gt;',
      '```',
      'Fix the Salt error on that node, then click Retry from here (or run the command again, if the card has no such button). Completed steps are not repeated. (Journal line 1234567, ffffffffffff…)',
    ]);
  });

  it('quotes foreign text exactly, without letting it end the block, mention or colour anything', () => {
    const told = toldOf({ ...DEPLOY_FAILED, detail: '*bold* `a`\r\n```<!channel> \u001b[31mred\u202e' });
    expect(told.split('```')).toHaveLength(3);
    expect(told.split('```')[1]).toBe("\n*bold* `a`\n'''&lt;!channel&gt; red\n");
  });

  it.each([
    ['a long comment', { detail: '&'.repeat(2000) }],
    ['a long sentence before it', { what: 'w'.repeat(3400), detail: 'd'.repeat(2000) }],
    ['a long next action', { next: 'n'.repeat(9000), detail: 'd'.repeat(2000) }],
  ])('keeps its journal line and a complete quotation with %s', (_, long) => {
    const told = toldOf({ ...DEPLOY_FAILED, ...long });
    expect(told.length).toBeLessThanOrEqual(TEXT_LIMIT);
    expect(told).toMatch(/ \(Journal line 1234567, f{12}…\)$/);
    expect([1, 3]).toContain(told.split('```').length);
    expect(told.replaceAll('&amp;', '')).not.toMatch(/&(?!lt;|gt;)|…[amp]+;/);
  });
});

describe('a cancel that came too late', () => {
  const cancel: ChangeEvent = { type: 'cancel-requested', at: at(4), by: ALICE };
  const proof = { served: 13, expected: 13, archives: 3, engines: 4, engineTotal: 4, blobs: 40 };
  const ends: readonly ChangeEvent[] = [
    { type: 'done', at: at(5), proof, seconds: 120 },
    { type: 'failed', at: at(5), failure: DEPLOY_FAILED },
  ];
  const late = 'The cancel of <@U0ALICE> came too late: the change ended by itself.';
  const lastOf = (...events: readonly ChangeEvent[]) => repliesOf(changeOf([...going, ...events])).at(-1)?.text;

  it.each(ends)('is answered in the thread: $type', (end) => {
    expect(lastOf(cancel, end)).toContain(late);
    expect(lastOf(end)).not.toContain(late);
  });

  it('is forgotten once the change was approved again', () => {
    const again = changeOf([...going, cancel, ...ends.slice(1), approved(), ...ends.slice(0, 1)]);
    expect(again.lateCancelBy).toBeUndefined();
  });
});
