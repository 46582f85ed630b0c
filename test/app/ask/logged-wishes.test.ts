import { expect, it } from 'vitest';
import { answering } from '../../../src/app/answer/answer-question.ts';
import { botUseCases } from '../../../src/app/ask/bot-use-cases.ts';
import { loggedWishes } from '../../../src/app/ask/logged-wishes.ts';
import { loggedJournal } from '../../../src/runtime/worker/logged-journal.ts';
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
