import type { App } from '@slack/bolt';
import { z } from 'zod';
import { parseCommand } from '../../domain/wish/parse-command.ts';
import { Flag, isBotId, type Sender } from '../inbox/sender.ts';
import { typed } from '../inbox/typed.ts';
import { answer, type Request, type SurfaceOptions } from './answers.ts';
import { throughUrl } from './respond.ts';

/** The slash command of manifest.yml. */
export const COMMAND = '/registry-ha';

const Payload = z.object({
  text: z.string().default(''),
  user_id: z.string(),
  user_name: z.string().default(''),
  team_id: z.string(),
  channel_id: z.string(),
  enterprise_id: z.string().nullish(),
  is_ext_shared_channel: Flag,
  trigger_id: z.string().optional(),
});
type Payload = z.infer<typeof Payload>;

/** Handles the slash command: acknowledges at once, then posts a card or a private reply. */
export function registerCommand(app: App, options: SurfaceOptions): void {
  app.command(COMMAND, async ({ ack, command, respond }) => {
    await ack();
    await answer(await requestOf(Payload.parse(command), options), throughUrl(respond), options);
  });
}

const requestOf = async (payload: Payload, { parsed }: SurfaceOptions): Promise<Request> => ({
  sender: senderOf(payload),
  by: { id: payload.user_id, name: payload.user_name },
  channel: payload.channel_id,
  trigger: payload.trigger_id,
  wish: await parsed(payload.channel_id, (context) => parseCommand(typed(payload.text), context)),
});

const senderOf = ({ team_id, enterprise_id, user_id, is_ext_shared_channel }: Payload): Sender => ({
  teams: [team_id],
  enterprises: [enterprise_id],
  isBot: isBotId(user_id),
  isShared: is_ext_shared_channel,
});
