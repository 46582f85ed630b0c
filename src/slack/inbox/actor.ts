import { z } from 'zod';
import type { Person } from '../../domain/change/approval.ts';
import { Flag, isBotId, type Sender } from './sender.ts';

/** The members of every interactive payload (a click, a form, a window, a shortcut) that say who acts. */
export const ACTOR = {
  user: z.object({
    id: z.string(),
    name: z.string().optional(),
    username: z.string().optional(),
    team_id: z.string().optional(),
    is_bot: Flag,
  }),
  team: z.object({ id: z.string() }).nullish(),
  enterprise: z.object({ id: z.string() }).nullish(),
};

const actor = z.object(ACTOR);
type Actor = z.infer<typeof actor>;

/** The sender, for the check of its workspace. `isShared`: the payload's channel is shared; a view's payload names none. */
export const senderOf = ({ user, team, enterprise }: Actor, isShared: boolean): Sender => ({
  teams: [user.team_id, team?.id],
  enterprises: [enterprise?.id],
  isBot: user.is_bot || isBotId(user.id),
  isShared,
});

/** The person, by the name that the payload has. */
export const personOf = ({ user: { id, name, username } }: Pick<Actor, 'user'>): Person => ({
  id,
  name: name ?? username ?? id,
});
