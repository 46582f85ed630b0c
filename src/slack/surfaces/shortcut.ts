import type { App } from '@slack/bolt';
import { z } from 'zod';
import { type Refusal, refuse } from '../../domain/answers/refusal.ts';
import type { Wish } from '../../domain/wish/wish.ts';
import { ACTOR, personOf, senderOf } from '../inbox/actor.ts';
import { Flag, type Sender } from '../inbox/sender.ts';
import { brokenText } from './answer-words.ts';
import { answer, type SurfaceOptions } from './answers.ts';
import { say, throughUrl } from './respond.ts';

/** `callback_id` of the message shortcut of manifest.yml. */
const EXPLAIN = 'registry-ha:explain';

const Payload = z.object({
  ...ACTOR,
  channel: z.object({ id: z.string(), is_ext_shared: Flag }),
  is_ext_shared_channel: Flag,
  message_ts: z.string(),
  message: z.object({ thread_ts: z.string().optional() }),
});
type Payload = z.infer<typeof Payload>;

/** Handles the shortcut of a card, and of a message in its thread: explains the change to the person alone. */
export function registerShortcut(app: App, options: SurfaceOptions): void {
  app.shortcut({ callback_id: EXPLAIN, type: 'message_action' }, async ({ ack, body, respond: byUrl }) => {
    await ack();
    const respond = throughUrl(byUrl);
    try {
      const payload = Payload.parse(body);
      const { channel } = payload;
      const wish = await wishOf(payload, options);
      const by = personOf(payload);
      await answer({ sender: senderIn(payload), by, channel: channel.id, wish }, respond, options);
    } catch (err) {
      options.log.error({ err }, 'A shortcut could not be read');
      await say({ to: 'asker', text: brokenText(err) }, respond, options.log);
    }
  });
}

async function wishOf(
  { channel, message, message_ts }: Payload,
  { useCases }: SurfaceOptions,
): Promise<Wish | Refusal> {
  const change = await useCases.changeAt({ channel: channel.id, ts: message.thread_ts ?? message_ts });
  if (change !== null) return { is: 'question', question: 'why', ask: { change: change.id } };
  return refuse(
    'unknown-change',
    'This message is no card of a change that the bot knows.',
    'Use the shortcut on a card, or name the change: /registry-ha why lab-7f3k2q',
  );
}

const senderIn = (payload: Payload): Sender =>
  senderOf(payload, payload.is_ext_shared_channel || payload.channel.is_ext_shared);
