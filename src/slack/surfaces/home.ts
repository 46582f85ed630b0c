import type { App } from '@slack/bolt';
import { z } from 'zod';
import { isBotId } from '../inbox/sender.ts';
import type { SurfaceOptions } from './answers.ts';

const Opened = z.object({
  team_id: z.string(),
  enterprise_id: z.string().nullish(),
  event: z.object({
    type: z.literal('app_home_opened'),
    user: z.string().regex(/^[UW][A-Z0-9]+$/),
    tab: z.literal('home'),
  }),
});

/** Handles the Home: it is drawn when a person of this workspace opens it. Nothing is drawn for others, who have no Home of ours to read. */
export function registerHome(app: App, { whyNot, homes, log }: SurfaceOptions): void {
  app.event('app_home_opened', async ({ body }) => {
    const read = Opened.safeParse(body).data;
    if (read === undefined) return;
    const { user } = read.event;
    const sender = { teams: [read.team_id], enterprises: [read.enterprise_id], isBot: isBotId(user), isShared: false };
    if (whyNot(sender) !== null) return;
    await homes.opened(user).catch((err: unknown) => log.error({ err, user }, 'A Home could not be drawn'));
  });
}
