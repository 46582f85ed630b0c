import type { Channel, Person, SlackMessage } from '../local-slack-types.ts';
import type { AppManifest } from './manifest.ts';

export type Author = SlackMessage['author'];

/** A user group with its members. */
interface UserGroup {
  readonly id: string;
  readonly name: string;
  readonly users: readonly string[];
}

/** The workspace: its people, channels, groups and the one installed app. */
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

export const APP_ID = 'A0SANDBOX';

/** Slackbot reports failed commands. */
export const SLACKBOT: Author = { id: 'USLACKBOT', name: 'Slackbot', isBot: true };

/** A channel without the bot. */
const RANDOM: Channel = { id: 'C0RANDOM', name: 'random' };

/** The channel of a person's direct messages with the app. */
export const directChannel = ({ id }: Pick<Person, 'id'>): string => `D${id.slice(1)}`;

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

/** Finds a person by ID or name. */
export function personNamed(workspace: Workspace, nameOrId: string): Person {
  const person = workspace.people.find(({ id, name }) => id === nameOrId || name === nameOrId);
  if (person !== undefined) return person;
  const known = workspace.people.map(({ name }) => name).join(', ');
  throw new Error(`Unknown person "${nameOrId}". Known: ${known}.`);
}

function groupsOf(people: readonly Person[]): readonly UserGroup[] {
  const names = [...new Set(people.flatMap(({ groups = [] }) => groups))];
  return names.map((name) => ({
    id: groupId(name),
    name,
    users: people.filter(({ groups = [] }) => groups.includes(name)).map(({ id }) => id),
  }));
}

/** The ID of a user group. */
export const groupId = (handle: string): string => `S0${handle.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')}`;
