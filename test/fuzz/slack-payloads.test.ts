import { App, type Receiver } from '@slack/bolt';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/app/ask/decide-change.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { boltLog } from '../../src/slack/api/bolt-log.ts';
import { unwelcome } from '../../src/slack/inbox/sender.ts';
import { registerActions } from '../../src/slack/surfaces/actions.ts';
import { KeptLog, RecordingSlack } from '../slack/recording-slack.ts';
import { CASES, jsonLike, newSeed, spoilt } from './arbitraries.ts';

const DIGEST = 'a'.repeat(64);
const VALUE = JSON.stringify({ change: 'lab-aaaaaa', digest: DIGEST });
const GOOD = {
  type: 'block_actions',
  user: { id: 'U0BOB', name: 'bob', team_id: 'T1' },
  team: { id: 'T1' },
  channel: { id: 'C0OPS' },
  actions: [{ type: 'button', action_id: 'registry-ha:approve', block_id: 'decision', value: VALUE }],
};
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
const value = fc.oneof(spoilt([VALUE]), jsonLike(['change', 'digest', 'approver'], ['lab-aaaaaa', DIGEST]));
const part = jsonLike(
  ['id', 'name', 'team_id', 'action_id', 'value'],
  ['U0BOB', 'T1', 'T2', 'registry-ha:approve', VALUE],
);
const payload = fc.oneof(
  value.map((given) => ({ ...GOOD, actions: [{ ...GOOD.actions[0], value: given }] })),
  fc.tuple(fc.constantFrom('user', 'team', 'channel'), part).map(([key, text]) => ({ ...GOOD, [key]: parsed(text) })),
  part.map((text) => ({ ...GOOD, actions: [{ ...GOOD.actions[0], value: parsed(text) }] })),
);

const receiver: Receiver = { init: () => undefined, start: async () => undefined, stop: async () => undefined };

describe('a click in a Slack payload', { timeout: 600_000 }, () => {
  it('yields a decision with a change, a digest and a person of this workspace, or none', async () => {
    const log = new KeptLog();
    const app = new App({
      authorize: async () => ({ botToken: 'xoxb-1', botId: 'B1', botUserId: 'U1' }),
      receiver,
      ignoreSelf: false,
      convoStore: false,
      logger: boltLog(log),
    });
    const broke: unknown[] = [];
    app.error(async (error) => void broke.push(error));
    const no = async () => ({ refused: 'not-allowed', says: 'No.' }) as const;
    const decided: Decision[] = [];
    const useCases = {
      decide: async (decision: Decision) => {
        decided.push(decision);
        return { refused: 'not-allowed', says: 'No.' } as const;
      },
    };
    registerActions(app, {
      useCases: {
        ...useCases,
        request: no,
        undo: no,
        hold: no,
        answer: no,
        form: async () => [],
        whyNotDecide: async () => null,
        changeAt: async () => null,
      },
      parsed: async (_, parse) => parse({ clusters: [], defaultCluster: null }),
      once: { isFirst: async () => true },
      linkTo: () => '',
      me: () => 'U0BOT',
      homes: { opened: async () => undefined },
      names: new Map(),
      ending: new AbortController().signal,
      whyNot: (sender) => unwelcome(sender, { team: 'T1', enterprise: null }),
      slack: new RecordingSlack(systemClock),
      planned: async () => null,
      clock: systemClock,
      log,
    });
    const seed = newSeed();
    await fc.assert(
      fc.asyncProperty(payload, async (body) => {
        await app.processEvent({ body, ack: async () => undefined }).catch((error: unknown) => {
          // Bolt itself fails on IDs that are objects, before our code runs.
          if (!(error instanceof TypeError) || (error.stack ?? '').includes('/src/slack/')) throw error;
        });
      }),
      { ...CASES, seed },
    );
    expect(broke, `seed: ${seed}`).toEqual([]);
    for (const { change, digest, by } of decided) {
      expect([change, digest, typeof by.id], `seed: ${seed}`).toEqual([
        expect.stringMatching(/^[a-z0-9][a-z0-9.-]*$/),
        expect.stringMatching(/^[0-9a-f]{64}$/),
        'string',
      ]);
    }
    expect(decided.length, `seed: ${seed}`).toBeGreaterThan(0);
  });
});
