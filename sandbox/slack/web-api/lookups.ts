import { z } from 'zod';
import type { Person } from '../local-slack-types.ts';
import type { Workspace } from '../site/workspace.ts';
import { type ApiMethod, refuse, withArgs } from './answer.ts';

/** auth.test: the identity behind the token. */
export const authTest: ApiMethod = {
  token: 'bot',
  scopes: [],
  run: (_args, { workspace, origin, faults }) => ({
    ok: true,
    url: `${origin()}/`,
    team: workspace.team.domain,
    user: workspace.bot.name,
    team_id: workspace.team.id,
    user_id: workspace.bot.id,
    bot_id: workspace.botId,
    is_enterprise_install: faults.has('slack-org-token'),
    ...(faults.has('slack-org-token') ? { enterprise_id: 'E0SANDBOX' } : {}),
  }),
};

/** apps.connections.open: an address for one WebSocket; requires the app-level token. */
export const connectionsOpen: ApiMethod = {
  token: 'app',
  scopes: ['connections:write'],
  run: (_args, { socketUrl }) => ({ ok: true, url: socketUrl() }),
};

/** bots.info. */
export const botsInfo: ApiMethod = {
  token: 'bot',
  scopes: ['users:read'],
  run: withArgs(z.object({ bot: z.string().optional() }), ({ bot }, { workspace }) => {
    if (bot !== undefined && bot !== workspace.botId) return refuse('bot_not_found');
    const { botId, appId } = workspace;
    return { ok: true, bot: { id: botId, app_id: appId, user_id: workspace.bot.id, name: workspace.bot.name } };
  }),
};

/** conversations.info of a public channel. */
export const conversationsInfo: ApiMethod = {
  token: 'bot',
  scopes: ['channels:read'],
  run: withArgs(z.object({ channel: z.string() }), (args, { workspace, faults }) => {
    const channel = workspace.channels.find(({ id }) => id === args.channel);
    if (channel === undefined) return refuse('channel_not_found');
    const member = channel.id === workspace.home.id && !faults.has('slack-not-in-channel');
    return {
      ok: true,
      channel: { ...channel, is_channel: true, is_private: false, is_archived: false, is_member: member },
    };
  }),
};

/** users.info. */
export const usersInfo: ApiMethod = {
  token: 'bot',
  scopes: ['users:read'],
  run: withArgs(z.object({ user: z.string() }), ({ user }, { workspace }) => {
    const person = workspace.people.find(({ id }) => id === user);
    if (person !== undefined) return { ok: true, user: userWire(person, workspace, false) };
    if (user !== workspace.bot.id) return refuse('user_not_found');
    return { ok: true, user: userWire({ ...workspace.bot, title: '' }, workspace, true) };
  }),
};

function userWire(person: Person, { team }: Workspace, isBot: boolean): Readonly<Record<string, unknown>> {
  return {
    id: person.id,
    team_id: team.id,
    name: person.name,
    real_name: person.name,
    deleted: false,
    is_bot: isBot,
    tz: 'Etc/UTC',
    profile: { real_name: person.name, display_name: person.name, title: person.title },
  };
}
