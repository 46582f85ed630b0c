import { App, type AppOptions, type Logger, type Receiver, type ReceiverEvent } from '@slack/bolt';
import { SOCKETS } from '../../app/ask/other-bots.ts';
import { PlainFailure } from '../../domain/answers/failure.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { boltLog } from '../api/bolt-log.ts';
import { slackRefused } from '../api/slack-refused.ts';
import { featuresOff } from './features.ts';
import { InFlight } from './in-flight.ts';
import { SeenSignatures } from './seen-signatures.ts';
import type { Home } from './sender.ts';
import { SIGNATURE, SignedHttp } from './signed-http.ts';
import { isFatal, Socket } from './socket.ts';

const ANSWER_LIMIT_MS = 10_000;
const DRAIN_LIMIT_MS = 10_000;

interface SharedOptions {
  readonly botToken: string;
  readonly slackApiUrl?: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Slack rejects the bot for good: it needs a new token. */
  readonly onFatal: (error: Error) => void;
  /** Hears at each new socket how many use the app token. */
  readonly onConnections?: ((connections: number) => void) | undefined;
}

/** How payloads arrive: over our sockets, or as signed HTTP requests. */
export type PayloadWay =
  | { readonly mode: 'socket'; readonly appToken: string }
  | { readonly mode: 'http'; readonly signingSecret: string; readonly port: number; readonly host?: string };

export type BotAppOptions = SharedOptions & PayloadWay;

/** Bolt, plus draining at stop, sockets that reconnect, and protection against replayed requests. */
export function botApp(options: BotAppOptions) {
  const logger = boltLog(options.log);
  const receivers = receiversFor(options, logger);
  const app = new WatchedApp(options, { receiver: together(receivers), logger, ...clientFor(options) });
  let home: Home | null = null;
  const begin = async () => {
    if (home === null) {
      home = await homeOf(app);
      for (const why of home.off) options.log.info({ why }, 'An optional feature is off');
    }
    await started(app);
  };
  const end = new AbortController();
  let later: Promise<void> = Promise.resolve();
  return {
    app,
    /** The bot token's workspace; throws before the start. */
    home: () => begun(home),
    /** True if payloads can arrive; one of the two sockets is enough. */
    isConnected: () => receivers.some(({ isConnected }) => isConnected),
    /** Opens a socket anew while the others answer; false if one of them is closed. */
    renew: () => renewOne(receivers.filter((one) => one instanceof Socket)),
    /** Checks the token, then accepts payloads. Resolves after the first attempt; while Slack is unreachable, it keeps trying. */
    start: async () => {
      const error = await begin().then(none, (failed: unknown) => failed);
      if (error === undefined) return;
      if (isFinal(error)) throw inSentences(error);
      later = keepTrying(begin, error, options, end.signal);
    },
    /** Stops accepting payloads, and waits at most ten seconds for those in progress. */
    stop: async () => {
      end.abort();
      await later;
      await app.stop();
      const left = await app.inFlight.drain(DRAIN_LIMIT_MS);
      if (left > 0) options.log.warn({ left }, 'Stopped with payloads in progress');
    },
  };
}

/** True if only a person can help. */
const isFinal = (error: unknown): error is Error => error instanceof PlainFailure || isFatal(error);

/** What an operator can do about a token that Slack rejects. */
function inSentences(error: Error): Error {
  if (error instanceof PlainFailure) return error;
  const { code } = slackRefused(error);
  return new PlainFailure(
    'slack-token',
    {
      where: 'Slack',
      what: `Slack rejects a token of the bot (${code}).`,
      next: 'Run `registry-ha doctor bot` to see which one. Copy it again from the Slack app, then start the bot.',
    },
    { cause: error },
  );
}

const none = (): undefined => undefined;

const RETRY_FROM_MS = 1_000;
const RETRY_TO_MS = 30_000;

async function keepTrying(
  begin: () => Promise<void>,
  first: unknown,
  { clock, log, onFatal }: SharedOptions,
  signal: AbortSignal,
): Promise<void> {
  let err: unknown = first;
  for (let n = 0; !signal.aborted; n += 1) {
    const afterMs = Math.min(RETRY_TO_MS, RETRY_FROM_MS * 2 ** Math.min(n, 10));
    log.warn({ err, afterMs }, 'Slack is unreachable; the bot starts when it answers');
    await clock.sleep(afterMs, signal).catch(none);
    if (signal.aborted) return;
    try {
      return await begin();
    } catch (error) {
      if (isFinal(error)) return onFatal(inSentences(error));
      err = error;
    }
  }
}

async function homeOf({ client }: App): Promise<Home> {
  const answer = await client.auth.test();
  const { team_id: team, enterprise_id: enterprise, url, user_id: me } = answer;
  if (answer.is_enterprise_install === true) throw ORG_TOKEN;
  if (team === undefined || me === undefined) throw new Error('Slack does not name the workspace of the bot token.');
  const off = featuresOff(answer.response_metadata?.scopes);
  return { team, enterprise: enterprise ?? null, url: url ?? 'https://slack.com/', me, off };
}

/** docs.slack.dev, "Organization-ready apps": such a token acts in every workspace of the organisation. */
const ORG_TOKEN = new PlainFailure('slack-token', {
  where: 'Slack',
  what: 'The bot token is of a whole organisation (Enterprise Grid). The bot works in one workspace.',
  next: 'Install the app in that workspace only, and use the token of that installation.',
});

async function started(app: App): Promise<void> {
  try {
    await app.start();
  } catch (error) {
    // One of the two sockets may be open.
    await app.stop();
    throw error;
  }
}

class WatchedApp extends App {
  readonly inFlight: InFlight;
  readonly #seen: SeenSignatures;

  constructor({ log, clock }: SharedOptions, options: AppOptions) {
    super(options);
    this.inFlight = new InFlight(log);
    this.#seen = new SeenSignatures(clock);
    this.error(async (err) => log.error({ err }, 'Payload handler failed'));
  }

  override async processEvent(event: ReceiverEvent): Promise<void> {
    const signature: unknown = event.customProperties?.[SIGNATURE];
    if (typeof signature === 'string' && !this.#seen.isFirst(signature)) return event.ack();
    await this.inFlight.track(event, (watched) => super.processEvent(watched));
  }
}

function clientFor({ botToken, slackApiUrl }: SharedOptions): AppOptions {
  return {
    token: botToken,
    // The start checks the token. Bolt would check it with the first payload, before the ack.
    tokenVerificationEnabled: false,
    convoStore: false,
    ignoreSelf: false,
    clientOptions: {
      timeout: ANSWER_LIMIT_MS,
      retryConfig: { retries: 2, factor: 1, minTimeout: 500, maxTimeout: 500 },
      // Bolt sets no timeout for replies to a response_url.
      fetch: (url, init) =>
        fetch(url, { ...init, signal: anySignal(init?.signal, AbortSignal.timeout(ANSWER_LIMIT_MS)) }),
      ...(slackApiUrl === undefined ? {} : { slackApiUrl }),
    },
  };
}

const anySignal = (given: AbortSignal | undefined, limit: AbortSignal): AbortSignal =>
  given === undefined ? limit : AbortSignal.any([given, limit]);

type Way = Receiver & { readonly isConnected: boolean };

function receiversFor(options: BotAppOptions, logger: Logger): readonly Way[] {
  const onFatal = (error: Error) => options.onFatal(inSentences(error));
  if (options.mode === 'socket')
    return Array.from({ length: SOCKETS }, () => new Socket({ ...options, onFatal, logger }));
  return [new SignedHttp({ ...options, host: options.host ?? '127.0.0.1', logger })];
}

function begun(home: Home | null): Home {
  if (home === null) throw new Error('The bot is not started.');
  return home;
}

function renewOne(sockets: readonly Socket[]): boolean {
  const [first] = sockets;
  if (first === undefined || !sockets.every(({ isConnected }) => isConnected)) return false;
  first.renew();
  return true;
}

function together(receivers: readonly Receiver[]): Receiver {
  return {
    init: (app) => {
      for (const receiver of receivers) receiver.init(app);
    },
    start: () => Promise.all(receivers.map((receiver) => receiver.start())),
    stop: () => Promise.all(receivers.map((receiver) => receiver.stop())),
  };
}
