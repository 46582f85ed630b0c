import { good, unknown, type Verdict, wrong } from '../../domain/answers/verdict.ts';
import { everyGroupOf } from '../../domain/policy/people.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { count, listed, utc } from '../../domain/text/format.ts';
import type { SocketsSeen } from '../../ports/cards.ts';
import type { SlackSays, SlackSite, TokenSeen } from '../../ports/doctor/slack.ts';
import { isShared, SOCKETS } from '../ask/other-bots.ts';
import { type Check, check, type Room } from './check.ts';
import { clockVerdict } from './clock.ts';

export interface SlackPorts {
  readonly token: (signal: AbortSignal) => Promise<TokenSeen>;
  readonly site: SlackSite;
  /** Socket Mode needs an app token; signed HTTP needs none. */
  readonly isSocket: boolean;
  /** How many connections a bot has seen. */
  readonly sockets: () => Promise<SocketsSeen | null>;
  readonly channels: readonly string[];
  readonly policies: ReadonlyMap<string, Policy>;
  readonly now: () => number;
}

/** manifest.yml, `scopes.bot`. */
const REQUIRED = ['commands', 'chat:write'];

/** What each optional scope is for (manifest.yml; docs/doctor.md). */
const OPTIONAL: Readonly<Record<string, string>> = {
  'app_mentions:read': 'mentions of the bot',
  'im:history': 'questions in direct messages',
  'files:write': 'plans and long answers as files',
  'channels:read': 'the check of channels, here',
  'users:read': 'the check of people, here',
};

const REINSTALL = 'at api.slack.com/apps, under OAuth & Permissions, then click Reinstall to Workspace';

/** Slack: tokens, scopes, channels and the clock. */
export const slackRoom = (ports: SlackPorts): Room => ({
  name: 'slack',
  async checks(signal) {
    const { token, site, isSocket, sockets, channels, now } = ports;
    const seen = await token(signal);
    const needsGroups = groupsIn(ports.policies).length > 0;
    const seesChannels = has(seen, 'channels:read') || has(seen, 'groups:read');
    return [
      check('bot token', () => seen, botToken),
      check(
        'scopes',
        () => seen,
        (one) => scopes(one, needsGroups),
      ),
      check('optional scopes', () => seen, optional),
      check(
        'clock',
        () => seen,
        (one) => (one.is === 'good' ? clockVerdict('Slack', aheadMs(one, now())) : NOT_ASKED),
      ),
      ...(isSocket
        ? [check('app token', (until) => site.appToken(until), appToken), check('other bots', sockets, others)]
        : []),
      ...(seesChannels ? channels.map((one) => channel(one, site)) : []),
    ];
  },
});

const aheadMs = ({ serverMs }: Extract<TokenSeen, { readonly is: 'good' }>, now: number): number | null =>
  serverMs === null ? null : serverMs + 500 - now;

const NOT_ASKED = unknown('Not checked, because Slack did not accept the bot token.');

function botToken(seen: TokenSeen): Verdict {
  switch (seen.is) {
    case 'good':
      return good(`${seen.bot} in the workspace ${seen.team}`);
    case 'refused':
      return wrong(
        `Slack rejects the bot token (${seen.code}).`,
        'Copy the Bot User OAuth Token (xoxb-…) of your app again, into REGISTRY_HA_SLACK_BOT_TOKEN.',
      );
    case 'silent':
      return unknown(`Slack could not be reached (${seen.why}).`, 'Check the network and the proxy of this computer.');
  }
}

const has = (seen: TokenSeen, scope: string): boolean => seen.is === 'good' && seen.scopes?.includes(scope) === true;

function scopes(seen: TokenSeen, needsGroups: boolean): Verdict {
  if (seen.is !== 'good') return NOT_ASKED;
  if (seen.scopes === null) return unknown('Slack did not say which scopes the token has.');
  const required = [...REQUIRED, ...(needsGroups ? ['usergroups:read'] : [])];
  const missing = required.filter((scope) => !has(seen, scope));
  if (missing.length === 0) return good(listed(required));
  const why = missing.includes('usergroups:read') ? ' The policy names user groups.' : '';
  return wrong(`The Slack app lacks ${listed(missing)}.${why}`, `Add the missing scopes ${REINSTALL}.`);
}

/** Not wrong: what is off is a choice. */
function optional(seen: TokenSeen): Verdict {
  if (seen.is !== 'good' || seen.scopes === null) return NOT_ASKED;
  const off = Object.entries(OPTIONAL).filter(([scope]) => !has(seen, scope));
  if (off.length === 0) return good('All there');
  return good(`Off for lack of a scope: ${listed(off.map(([scope, what]) => `${what} (${scope})`))}`);
}

function appToken(says: SlackSays): Verdict {
  if (says.is === 'yes') return good('Opens connections');
  if (says.is === 'unknown') return unknown(`Not checked: ${says.why}.`);
  return wrong(
    `Slack rejects the app token (${says.code}).`,
    'Create an app-level token (xapp-…) with the scope connections:write, for REGISTRY_HA_SLACK_APP_TOKEN.',
  );
}

/** Slack says the count only to a connection, and one of the doctor's own would take commands away. */
function others(seen: SocketsSeen | null): Verdict {
  if (seen === null) return unknown('No bot has said how many connections use the app token.', 'Start the bot first.');
  const { connections, replicas, at } = seen;
  const counted = `${count(connections, 'connection')}, ${count(replicas, 'replica')}, at ${utc(at)}`;
  if (!isShared(seen)) return good(`None: ${counted}`);
  return wrong(
    `Other bots use this app token: ${counted}. A replica has ${SOCKETS}, and Slack sends each command to any one.`,
    'Stop the other bot, or give it a Slack app of its own. Then restart this bot, which counts again.',
  );
}

const channel = (id: string, site: SlackSite): Check =>
  check(
    `channel ${id}`,
    (signal) => site.isIn(id, signal),
    (says) => {
      if (says.is === 'yes') return good('The bot is a member');
      if (says.is === 'unknown') return unknown(`Not checked: ${says.why}.`);
      if (says.code === 'not_in_channel')
        return wrong(`The bot is not a member of ${id}.`, 'Type `/invite @registry-ha` there.');
      if (says.code === 'missing_scope')
        return unknown('A private channel can be seen only with the scope groups:read.');
      return wrong(`Slack does not show ${id} (${says.code}).`, 'Compare it with the channel’s details (Copy ID).');
    },
  );

/** Every user group of the policies. */
export const groupsIn = (policies: ReadonlyMap<string, Policy>): readonly string[] => [
  ...new Set([...policies.values()].flatMap((policy) => everyGroupOf(policy).groups)),
];
