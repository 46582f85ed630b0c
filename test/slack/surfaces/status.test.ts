import { expect, it, vi } from 'vitest';
import { judge } from '../../../src/domain/questions/status/judge.ts';
import { inspectionOf } from '../../fixtures/inspection.ts';
import { PATIENT } from '../../fixtures/patience.ts';
import { ALICE, OPS } from '../../sandbox/slack/slack-for-tests.ts';
import { slackWorld } from '../slack-world.ts';

const HOLDS = judge(inspectionOf());
const UNKNOWN = judge(inspectionOf({}, { engines: { is: 'unknown', says: 'The Salt master does not answer.' } }));

it('status is answered at once, and a second time when the new inspection found anything else', async () => {
  const w = await slackWorld();
  try {
    await w.board.put(HOLDS, 0);
    const command = w.local.command('alice', '/registry-ha status');
    await vi.waitFor(() => expect(w.board.request).toBe(1), PATIENT);
    await command;
    expect(w.ephemeralFor(ALICE)).toEqual([expect.stringContaining('*lab: HA holds: 2 registries')]);
    await w.board.put(UNKNOWN, 1);
    await vi.waitFor(() => expect(w.ephemeralFor(ALICE)).toHaveLength(2), PATIENT);
    expect(w.ephemeralFor(ALICE)[1]).toContain(
      '*lab: It is unknown whether HA holds: The Salt master does not answer.',
    );
  } finally {
    await w.close();
  }
});

it('a bot that stops does not wait for a new inspection, and says nothing more', async () => {
  const w = await slackWorld();
  await w.board.put(HOLDS, 0);
  await w.local.command('alice', '/registry-ha status');
  await vi.waitFor(() => expect(w.board.request).toBe(1), PATIENT);
  await w.bot.stop();
  await w.board.put(UNKNOWN, 1);
  expect(w.ephemeralFor(ALICE)).toHaveLength(1);
  await w.local.close();
});

it('news of a cluster are a message of their own in the channel', async () => {
  const w = await slackWorld();
  try {
    await w.bot.tell(
      OPS.id,
      ({ strong, moment }) => `${strong('lab: It is worse.')} ${moment('2026-11-22T10:00:00.000Z')}`,
      [{ verb: 'sync', cluster: 'lab', nodes: ['node-2'] }],
    );
    expect(w.messages()).toMatchObject([{ text: '*lab: It is worse.* 2026-11-22 10:00 UTC' }]);
    expect(JSON.stringify(w.messages()[0]?.blocks)).toContain('<!date^');
    await w.local.click('alice', 'Plan sync');
    await vi.waitFor(() => expect(w.messages()[1]?.text).toContain('Sync the registry of node-2'), PATIENT);
  } finally {
    await w.close();
  }
});
