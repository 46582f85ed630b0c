import { z } from 'zod';

/** The workspace of the bot's token, and its organisation, if any. */
export interface Home {
  readonly team: string;
  readonly enterprise: string | null;
  /** Ends with a slash. */
  readonly url: string;
  /** The bot's own user ID. */
  readonly me: string;
  /** Optional features that are off because the app lacks a scope, as sentences. */
  readonly off: readonly string[];
}

/** The sender of a payload: every workspace and organisation in it, and other reasons to reject it. */
export interface Sender {
  readonly teams: readonly (string | undefined)[];
  readonly enterprises: readonly (string | null | undefined)[];
  readonly isBot: boolean;
  readonly isShared: boolean;
}

/** For a command or click from another workspace, for example through a shared channel. */
const FOREIGN = 'The bot accepts commands only from its own Slack workspace.';
const SHARED =
  'The bot does not work in channels that are shared with another workspace. Use a channel of your own workspace.';
const BOT = 'The bot accepts commands only from people.';

/** Why the bot rejects this sender; null for people of its own workspace in an unshared channel. */
export function unwelcome(
  { teams, enterprises, isBot, isShared }: Sender,
  home: Pick<Home, 'team' | 'enterprise'>,
): string | null {
  if (isBot) return BOT;
  const named = teams.filter((team) => team !== undefined);
  if (named.length === 0 || named.some((team) => team !== home.team)) return FOREIGN;
  if (enterprises.some((id) => (id ?? '') !== '' && id !== home.enterprise)) return FOREIGN;
  return isShared ? SHARED : null;
}

/** A flag of a payload: a text in commands, a boolean in clicks, often missing. */
export const Flag = z
  .union([z.boolean(), z.string().transform((text) => text === 'true' || text === '1')])
  .default(false);

/** Slackbot and accounts of other apps. */
export const isBotId = (id: string): boolean => id === 'USLACKBOT' || id.startsWith('B');
