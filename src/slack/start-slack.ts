import type { types } from '@slack/bolt';
import type { Says } from '../app/ask/asker.ts';
import type { UseCases } from '../app/ask/bot-use-cases.ts';
import type { Change, ChangeId, MessageRef } from '../domain/change/change.ts';
import { clusterOf } from '../domain/change/change-id.ts';
import type { Intent } from '../domain/plan/intent.ts';
import type { Call } from '../domain/policy/call.ts';
import type { Markup } from '../domain/text/markup.ts';
import type { CommandContext } from '../domain/typed/cluster.ts';
import type { Cards, Once } from '../ports/cards.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Announcements, Changes } from '../ports/record.ts';
import { boltLog } from './api/bolt-log.ts';
import { withClosedChannels } from './api/closed-channels.ts';
import { countedPoster, type OnCall } from './api/counted-poster.ts';
import { type SlackPoster, slackPoster } from './api/poster.ts';
import { type BotAppOptions, botApp, type PayloadWay } from './inbox/bot-app.ts';
import { type Sender, unwelcome } from './inbox/sender.ts';
import { Homes, type HomesPorts } from './outbox/homes.ts';
import { notifier } from './outbox/notifier.ts';
import { postAgain } from './outbox/post-again.ts';
import { remind } from './outbox/remind.ts';
import { homeView } from './parts/home-view.ts';
import { planButtons } from './parts/plan-button.ts';
import type { Parsing } from './surfaces/answers.ts';
import { SURFACES } from './surfaces/surfaces.ts';
import { type Block, section } from './text/blocks.ts';
import { cut, TEXT_LIMIT } from './text/fit.ts';
import { linkingMrkdwn } from './text/markup.ts';
import { withPlainMoments } from './text/names.ts';

/** The part of the bot's configuration that is about Slack. */
export interface SlackConfig {
  readonly slack: {
    readonly mode: 'socket' | 'http';
    readonly apiUrl?: string | undefined;
    readonly http: { readonly host: string; readonly port: number };
  };
  /** They may change; each command looks. */
  readonly clusters: Iterable<{
    readonly name: string;
    /** Channels in which this cluster is the default. */
    readonly channels: readonly string[];
  }>;
  /** The cluster that this channel was for, and that is served no more. */
  readonly formerOf?: (channel: string) => string | null;
  readonly secrets: {
    readonly botToken: string;
    readonly appToken: string | undefined;
    readonly signingSecret: string | undefined;
  };
}

export interface StartSlackOptions {
  readonly config: SlackConfig;
  readonly useCases: UseCases;
  readonly changes: (cluster: string) => Changes;
  /** The keys that count as the worker's of this cluster; they may change. */
  readonly trusts?: (cluster: string) => string;
  readonly cards: Cards;
  readonly once: Once;
  readonly announcements: Announcements;
  readonly clock: Clock;
  readonly log: Log;
  /** Slack rejects the bot for good. Without a handler, the error is an unhandled rejection, which ends the process. */
  readonly onFatal?: (error: Error) => void;
  /** Hears at each new socket how many use the app token. */
  readonly onConnections?: (connections: number) => void;
  /** Hears of each call to Slack. */
  readonly onCall?: OnCall;
  /** Hears how long each drawing took, in milliseconds from its news. */
  readonly onDrawn?: (ms: number) => void;
}

/** Starts accepting commands and clicks, and keeps cards up to date. */
export async function startSlack(options: StartSlackOptions) {
  const { config, useCases, once, clock, log } = options;
  const { slack, closed } = withClosedChannels(posterOf(options));
  const bot = botApp(appOptions(options));
  const whyNot = (sender: Sender) => unwelcome(sender, bot.home());
  const parsed: Parsing = (channel, parse) => withNodes(parse, contextIn(channel, config), useCases, log);
  const clusters = { [Symbol.iterator]: () => namesOf(config)[Symbol.iterator]() };
  const planned = (id: ChangeId) => recorded(id, clusters, options.changes);
  // As chat.getPermalink builds it, which does not know deleted messages.
  const linkTo = ({ channel, ts }: MessageRef) => `${bot.home().url}archives/${channel}/p${ts.replace('.', '')}`;
  const homes = homesOf({ useCases, slack, planned, clock, log, markup: linkingMrkdwn(linkTo) });
  const end = new AbortController();
  const self = { me: () => bot.home().me, names: new Map<string, string>(), ending: end.signal };
  for (const register of SURFACES)
    register(bot.app, { useCases, slack, planned, parsed, whyNot, once, linkTo, homes, clock, log, ...self });
  await bot.start();
  const announcements = heardToo(options.announcements, (id) => homes.changed(id));
  const cards = notifier({ ...options, clusters, announcements, slack, linkTo });
  const drawing = Promise.all([cards.run(end.signal), homes.run(end.signal)]);
  return {
    isConnected: bot.isConnected,
    /** Opens a socket anew; false if that would leave none. */
    renew: bot.renew,
    /** Optional features that are off, as sentences, and channels in which the bot cannot write. */
    lacking: () => ({ off: bot.home().off, closed: closed() }),
    /** Posts the card of a change without one; null when the bot may not write there. */
    postAgain: (change: Change) => postAgain(change, { slack, clock, log }),
    /** Reminds people once, in the thread of its card, that a plan expires soon. */
    remind: (change: Change, call: Call) => remind(change, call, { cards: options.cards, slack, linkTo, log }),
    /** Posts a message of its own in a channel, with a button for each change. */
    tell: (channel: string, says: Says, changes: readonly Intent[]) =>
      told(slack, channel, says(linkingMrkdwn(linkTo)), planButtons(changes)),
    async stop() {
      await bot.stop();
      end.abort();
      await drawing;
    },
  };
}

function appOptions({ config, clock, log, onFatal = rejectUnheard, onConnections }: StartSlackOptions): BotAppOptions {
  const { botToken } = config.secrets;
  return { botToken, slackApiUrl: config.slack.apiUrl, clock, log, onFatal, onConnections, ...way(config) };
}

function posterOf({ config: { slack, secrets }, clock, log, onCall }: StartSlackOptions): SlackPoster {
  const { apiUrl: slackApiUrl } = slack;
  const poster = slackPoster({ botToken: secrets.botToken, slackApiUrl, clock, logger: boltLog(log) });
  return onCall === undefined ? poster : countedPoster(poster, clock, onCall);
}

interface HomeParts extends Pick<HomesPorts, 'planned' | 'clock' | 'log'> {
  readonly useCases: UseCases;
  readonly slack: SlackPoster;
  readonly markup: Markup;
}

/** Homes with what each person may see. */
function homesOf({ useCases, slack, markup, ...ports }: HomeParts): Homes {
  const publish = async (user: string) => {
    const known = await useCases.home({ id: user, name: user });
    await slack.publish(user, homeView(known, markup, ports.clock.now().toISOString()));
  };
  const wanted = async (change: Change) => (await useCases.calls(change)).toDecide.users;
  return new Homes({ ...ports, publish, wanted });
}

/** The announcements, with somebody else who hears of each change. */
const heardToo = (announcements: Announcements, changed: (id: ChangeId) => void): Announcements => ({
  listen: (listener, signal) =>
    announcements.listen(
      {
        missed: () => listener.missed(),
        changed: (id) => {
          listener.changed(id);
          changed(id);
        },
      },
      signal,
    ),
});

/** The change as its record has it; null when there is none that can be trusted. */
async function recorded(
  id: ChangeId,
  clusters: Iterable<string>,
  changes: StartSlackOptions['changes'],
): Promise<Change | null> {
  const cluster = clusterOf(id);
  const stored = [...clusters].includes(cluster) ? await changes(cluster).get(id) : null;
  return stored === null || stored.doubt !== undefined ? null : stored.change;
}

async function told(
  slack: SlackPoster,
  channel: string,
  text: string,
  buttons: readonly types.Button[],
): Promise<void> {
  const actions: readonly Block[] = buttons.length === 0 ? [] : [{ type: 'actions', elements: [...buttons] }];
  await slack.post(channel, { text: cut(withPlainMoments(text), TEXT_LIMIT), blocks: [section(text), ...actions] });
}

export type RunningSlack = Awaited<ReturnType<typeof startSlack>>;

/** Parses first without nodes, to find out of which clusters they matter. */
async function withNodes<T>(
  parse: (context: CommandContext) => T,
  context: CommandContext,
  useCases: UseCases,
  log: Log,
): Promise<T> {
  const named = new Set<string>();
  const nodesOf = (cluster: string) => {
    named.add(cluster);
    return null;
  };
  const parsed = parse({ ...context, nodesOf });
  return named.size === 0 ? parsed : parse({ ...context, nodesOf: await nodesKnown([...named], useCases, log) });
}

/** The nodes of these clusters; without Redis none are known, and the command itself then says that Redis is away. */
async function nodesKnown(
  clusters: readonly string[],
  useCases: UseCases,
  log: Log,
): Promise<NonNullable<CommandContext['nodesOf']>> {
  const known = await useCases.nodes(clusters).catch((err: unknown) => {
    log.warn({ err }, 'The names of nodes could not be read; no name is refused');
    return null;
  });
  return (cluster) => known?.get(cluster) ?? null;
}

const rejectUnheard = (error: Error): void => void Promise.reject(error);

const namesOf = ({ clusters }: SlackConfig): readonly string[] => [...clusters].map(({ name }) => name);

/** The only cluster, or the only one that names this channel. A channel of a removed cluster keeps it, and is told that it is gone. */
function contextIn(channel: string, config: SlackConfig): CommandContext {
  const [all, named]: [string[], string[]] = [[], []];
  for (const { name, channels } of config.clusters) {
    all.push(name);
    if (channels.includes(channel)) named.push(name);
  }
  const former = named.length > 0 ? null : (config.formerOf?.(channel) ?? null);
  const [only, ...others] = named.length > 0 ? named : all;
  const defaultCluster = former ?? (only !== undefined && others.length === 0 ? only : null);
  return { clusters: all, defaultCluster };
}

function way({ slack, secrets }: SlackConfig): PayloadWay {
  if (slack.mode === 'socket') return { mode: 'socket', appToken: secrets.appToken ?? '' };
  return { mode: 'http', signingSecret: secrets.signingSecret ?? '', ...slack.http };
}
