import type { Channel, Person, SlackMessage } from '../local-slack-types.ts';
import type { AppManifest } from './manifest.ts';

/** Who writes a message. */
export type Author = SlackMessage['author'];

/** A user group: everybody who names it. */
interface UserGroup {
  readonly id: string;
  readonly name: string;
  readonly users: readonly string[];
}

/** The workspace as it stands: its people, channels, groups and the one app installed in it. */
export interface Workspace {
  readonly team: { readonly id: string; readonly domain: string };
  readonly appId: string;
  readonly botId: string;
  readonly bot: Author;
  readonly manifest: AppManifest;
  readonly people: readonly Person[];
  readonly home: Channel;
  readonly channels: readonly Channel[];
  readonly groups: readonly UserGroup[];
}

/** The id of the one app installed here. */
export const APP_ID = 'A0SANDBOX';

/** Slack's own voice, which reports failed commands. */
export const SLACKBOT: Author = { id: 'USLACKBOT', name: 'Slackbot', isBot: true };

/** The channel that exists without the bot in it. */
const RANDOM: Channel = { id: 'C0RANDOM', name: 'random' };

/** Builds the workspace; the bot is a member of `home` only. */
export function workspaceOf(manifest: AppManifest, people: readonly Person[], home: Channel): Workspace {
  return {
    team: { id: 'T0SANDBOX', domain: 'sandbox' },
    appId: APP_ID,
    botId: 'B0SANDBOX',
    bot: { id: 'U0BOT', name: manifest.botName, isBot: true },
    manifest,
    people,
    home,
    channels: [home, RANDOM],
    groups: groupsOf(people),
  };
}

/** Finds somebody by id or name. */
export function personNamed(workspace: Workspace, nameOrId: string): Person {
  const person = workspace.people.find(({ id, name }) => id === nameOrId || name === nameOrId);
  if (person !== undefined) return person;
  const known = workspace.people.map(({ name }) => name).join(', ');
  throw new Error(`Nobody here is called "${nameOrId}"; there are ${known}.`);
}

function groupsOf(people: readonly Person[]): readonly UserGroup[] {
  const names = [...new Set(people.flatMap(({ groups = [] }) => groups))];
  return names.map((name) => ({
    id: `S0${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')}`,
    name,
    users: people.filter(({ groups = [] }) => groups.includes(name)).map(({ id }) => id),
  }));
}
