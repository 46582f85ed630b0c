import { z } from 'zod';

/** The workspace of the bot's token, and the organisation it belongs to, if any. */
export interface Home {
  readonly team: string;
  readonly enterprise: string | null;
}

/** Who sent a payload, as far as it says: every workspace and organisation that it names, and what else would exclude them. */
export interface Sender {
  readonly teams: readonly (string | undefined)[];
  readonly enterprises: readonly (string | null | undefined)[];
  readonly isBot: boolean;
  readonly isShared: boolean;
}

/** A command or click of another workspace reached us, for example through a shared channel. */
const FOREIGN = 'I work for another Slack workspace only.';
const SHARED = 'I do not work in channels that are shared with another workspace.';
const BOT = 'I listen to people only.';

/** Why this sender is not heard; null for people of the bot's own workspace in a channel of its own. */
export function unwelcome({ teams, enterprises, isBot, isShared }: Sender, home: Home): string | null {
  if (isBot) return BOT;
  const named = teams.filter((team) => team !== undefined);
  if (named.length === 0 || named.some((team) => team !== home.team)) return FOREIGN;
  if (enterprises.some((id) => (id ?? '') !== '' && id !== home.enterprise)) return FOREIGN;
  return isShared ? SHARED : null;
}

/** A flag of a payload: commands carry it as text, clicks as a boolean, most not at all. */
export const Flag = z
  .union([z.boolean(), z.string().transform((text) => text === 'true' || text === '1')])
  .default(false);

/** Slackbot and the accounts of other apps do not decide about clusters. */
export const isBotId = (id: string): boolean => id === 'USLACKBOT' || id.startsWith('B');
