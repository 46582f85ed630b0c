import { describe, expect, it } from 'vitest';
import { answering } from '../../../src/app/answer/answer-question.ts';
import { botUseCases } from '../../../src/app/ask/bot-use-cases.ts';
import { loggedWishes } from '../../../src/app/ask/logged-wishes.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import { loggedJournal } from '../../../src/runtime/worker/logged-journal.ts';
import { approved, requested } from '../../contract/changes-events.ts';
import { FakeCards } from '../../fakes/fake-cards.ts';
import { fakeFleet } from '../../fakes/fake-fleet.ts';
import { FakeJournal } from '../../fakes/fake-journal.ts';
import { addNode2 } from '../../fixtures/facts.ts';
import { alice, approvalBy, bench, bob, granted } from '../bench.ts';

function lines() {
  const said: object[] = [];
  const line = (fields: object, says: string) => void said.push({ says, ...fields });
  return { said, log: { info: line, warn: line, error: line, debug: line } };
}

it('each request and decision is one line: who wanted what, and the answer', async () => {
  const on = bench();
  const { said, log } = lines();
  const { bot, signer } = on;
  const clusters = new Map([['lab', bot]]);
  const fleet = fakeFleet(clusters);
  const cards = new FakeCards([on.changes], on.clock);
  const useCases = loggedWishes(
    botUseCases({ ...bot, clusters, fleet, cards, signer }, answering({ ...bot, clusters, fleet, cards })),
    log,
  );
  const place = async () => ({ channel: 'C0OPS', ts: '1.2' });
  const change = granted(await useCases.request(addNode2, alice, 'C0OPS', place));
  await on.work();
  const planned = (await on.changes.get(change.id))?.change ?? change;
  await useCases.decide(approvalBy(alice, planned));
  await useCases.decide(approvalBy(bob, planned));
  expect(said).toEqual([
    { says: 'Request', cluster: 'lab', by: alice.id, wants: 'add node-2', change: change.id },
    { says: 'Decision', change: change.id, by: alice.id, wants: 'approve', refused: 'own-request' },
    { says: 'Decision', change: change.id, by: bob.id, wants: 'approve' },
  ]);
});

it('each entry of the worker’s journal is one line, with the number that Slack shows', async () => {
  const { said, log } = lines();
  const journal = loggedJournal(new FakeJournal(), log);
  await journal.append('lab-7f3k2q', { type: 'started', at: '2026-11-22T10:00:00.000Z' });
  expect(said).toEqual([{ change: 'lab-7f3k2q', line: 1, says: 'started' }]);
});

describe('the end of a change in the worker’s log', () => {
  const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 10) + second * 1_000).toISOString();
  const failure = { kind: 'command', where: 'node-2', what: 'It broke.', next: 'Fix it.' };
  const failed = (second: number) => ({ type: 'failed', at: at(second), failure }) as const;
  const requestedNow = { ...requested('lab-7f3k2q'), at: at(0) };
  function approvedAt(time: string): ChangeEvent {
    const event = approved('lab-7f3k2q');
    const { approval } = event.signed;
    return { ...event, at: time, signed: { ...event.signed, approval: { ...approval, at: time } } };
  }

  async function lastLine(events: readonly ChangeEvent[], journal = new FakeJournal()): Promise<object | undefined> {
    const { said, log } = lines();
    const logged = loggedJournal(journal, log);
    for (const event of events) await logged.append('lab-7f3k2q', event);
    return said.at(-1);
  }

  it('says how long it took since its last approval, and since its request', async () => {
    const events = [requestedNow, approvedAt(at(100)), failed(130), approvedAt(at(300)), failed(362)];
    expect(await lastLine(events)).toEqual({
      change: 'lab-7f3k2q',
      line: 5,
      says: 'failed (command) in 62 s: node-2: It broke.',
      sinceApprovalSeconds: 62,
      sinceRequestSeconds: 362,
    });
  });

  it('says no more than is known: without an approval, after a clock was set back, without the record', async () => {
    expect(await lastLine([requestedNow, failed(7)])).toMatchObject({
      says: 'failed (command): node-2: It broke.',
      sinceRequestSeconds: 7,
    });
    const setBack = await lastLine([requestedNow, approvedAt(at(100)), failed(50)]);
    expect(setBack).toMatchObject({ sinceRequestSeconds: 50 });
    expect(setBack).not.toHaveProperty('sinceApprovalSeconds');
    const unreadable = new FakeJournal();
    unreadable.events = () => Promise.reject(new Error('The disk is gone.'));
    expect(await lastLine([requestedNow, failed(7)], unreadable)).toEqual({
      change: 'lab-7f3k2q',
      line: 2,
      says: 'failed (command): node-2: It broke.',
    });
  });
});
