import { App, type Receiver } from '@slack/bolt';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNodeName } from '../../src/domain/cluster/node-name.ts';
import type { Intent } from '../../src/domain/plan/intent.ts';
import type { CommandContext } from '../../src/domain/typed/cluster.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { boltLog } from '../../src/slack/api/bolt-log.ts';
import { unwelcome } from '../../src/slack/inbox/sender.ts';
import { registerEvents } from '../../src/slack/surfaces/events.ts';
import { registerForm } from '../../src/slack/surfaces/form.ts';
import { KeptLog, RecordingSlack } from '../slack/recording-slack.ts';
import { CASES, jsonLike, newSeed, spoilt } from './arbitraries.ts';

const field = (name: string, value: object) => ({ [`registry-ha:form:${name}`]: value });
const FORM = {
  type: 'view_submission',
  user: { id: 'U0ALICE', name: 'alice', team_id: 'T1' },
  team: { id: 'T1' },
  view: {
    id: 'V1',
    callback_id: 'registry-ha:form',
    private_metadata: '{"channel":"C0OPS"}',
    state: {
      values: {
        verb: field('verb', { selected_option: { value: 'add' } }),
        nodes: field('nodes', { selected_options: [{ value: 'node-2' }] }),
        reason: field('reason', { value: 'why' }),
      },
    },
  },
};
const MENTION = {
  ...{ type: 'event_callback', team_id: 'T1', event_id: 'Ev1' },
  event: { type: 'app_mention', user: 'U0ALICE', text: '<@U0BOT> add node-2', ts: '1.0', channel: 'C0OPS' },
};

const GOOD = [JSON.stringify(FORM), JSON.stringify(MENTION)];
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
const part = jsonLike(
  ['id', 'value', 'channel', 'user', 'text', 'selected_option', '__proto__'],
  ['U0ALICE', 'T2', 'node-2', '--last', '<@U0BOT> add node-3', '{"channel":"C0OPS"}'],
);
const payload = fc.oneof(
  spoilt(GOOD).map(parsed),
  fc.constantFrom(...GOOD).map(parsed),
  fc.tuple(fc.constantFrom('user', 'team', 'view'), part).map(([key, text]) => ({ ...FORM, [key]: parsed(text) })),
  fc
    .tuple(fc.constantFrom('user', 'text', 'channel', 'bot_id', 'team'), part)
    .map(([key, text]) => ({ ...MENTION, event: { ...MENTION.event, [key]: parsed(text) } })),
  part.map((text) => ({ ...FORM, view: { ...FORM.view, state: { values: parsed(text) } } })),
  part.map((text) => ({ ...FORM, view: { ...FORM.view, private_metadata: text } })),
);

const receiver: Receiver = { init: () => undefined, start: async () => undefined, stop: async () => undefined };

describe('a form or an event in a Slack payload', { timeout: 600_000 }, () => {
  it('yields a request with possible nodes, of a person of this workspace, or none', async () => {
    const log = new KeptLog();
    const app = new App({
      authorize: async () => ({ botToken: 'xoxb-1', botId: 'B1', botUserId: 'U1' }),
      ...{ receiver, ignoreSelf: false, convoStore: false, logger: boltLog(log) },
    });
    const broke: unknown[] = [];
    app.error(async (error) => void broke.push(error));
    const no = async () => ({ refused: 'not-allowed', says: 'No.' }) as const;
    const asked: { readonly intent: Intent; readonly by: unknown; readonly channel: unknown }[] = [];
    const useCases = {
      ...{
        undo: no,
        decide: no,
        hold: no,
        answer: no,
        form: async () => [],
        changeAt: async () => null,
        whyNotDecide: async () => null,
      },
      request: async (intent: Intent, by: { readonly id: string }, channel: string) => {
        asked.push({ intent, by: by.id, channel });
        return await no();
      },
    };
    const options = {
      ...{ useCases, log, clock: systemClock, slack: new RecordingSlack(systemClock), planned: async () => null },
      parsed: async <T>(_: string, parse: (context: CommandContext) => T) =>
        parse({ clusters: ['lab'], defaultCluster: 'lab' }),
      ...{ once: { isFirst: async () => true }, linkTo: () => '', me: () => 'U0BOT', names: new Map<string, string>() },
      whyNot: (sender: Parameters<typeof unwelcome>[0]) => unwelcome(sender, { team: 'T1', enterprise: null }),
      ...{ homes: { opened: async () => undefined }, ending: new AbortController().signal },
    };
    registerForm(app, options);
    registerEvents(app, options);
    const seed = newSeed();
    await fc.assert(
      fc.asyncProperty(payload, async (body) => {
        if (typeof body !== 'object' || body === null) return;
        await app.processEvent({ body: { ...body }, ack: async () => undefined }).catch((error: unknown) => {
          // Bolt itself fails on IDs that are objects, before our code runs.
          if (!(error instanceof TypeError) || (error.stack ?? '').includes('/src/slack/')) throw error;
        });
      }),
      { ...CASES, seed },
    );
    expect(broke, `seed: ${seed}`).toEqual([]);
    for (const { intent, by, channel } of asked) {
      expect([intent.cluster, intent.nodes.every(isNodeName), typeof by], `seed: ${seed}`).toEqual([
        'lab',
        true,
        'string',
      ]);
      expect(String(channel), `seed: ${seed}`).toMatch(/^[CGD][A-Z0-9]+$/);
    }
    expect(asked.length, `seed: ${seed}`).toBeGreaterThan(0);
  });
});
