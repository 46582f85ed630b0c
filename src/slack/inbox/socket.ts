import { type App, type Logger, type Receiver, SocketModeReceiver, webApi } from '@slack/bolt';
import { z } from 'zod';
import { jsonIn } from '../../domain/text/json.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';

/** Until Slack's hello; the library itself has no timeout. */
const CONNECT_LIMIT_MS = 15_000;
const CLOSE_LIMIT_MS = 2_000;
const BACKOFF_FROM_MS = 500;
const BACKOFF_TO_MS = 30_000;
/** A connection that ends sooner was rejected: Slack says hello, then disconnects, when the app has too many sockets or none allowed. */
const LIVED_MS = 10_000;
/** Longer than Slack counts a closed connection. */
const RENEW_PAUSE_MS = 5_000;

/** Socket Mode page, "Hello": `num_connections` are those of the app. */
const Hello = z.object({ type: z.literal('hello'), num_connections: z.int().positive() });

/** Permanent errors of apps.connections.open (method page). */
const FATAL: ReadonlySet<string> = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
  'missing_scope',
  'no_permission',
  'user_removed_from_team',
  'team_disabled',
  'access_denied',
]);

export interface SocketOptions {
  readonly appToken: string;
  readonly slackApiUrl?: string | undefined;
  readonly logger: Logger;
  readonly log: Log;
  readonly clock: Clock;
  /** Slack rejects the bot for good. Called at most once per socket. */
  readonly onFatal: (error: Error) => void;
  /** Hears at each new connection how many this app has. */
  readonly onConnections?: ((connections: number) => void) | undefined;
}

/**
 * One Socket Mode connection that reconnects. The library's own reconnect is off: it waits five seconds even for a planned move, and an
 * invalid token ends the process by an unhandled rejection. Its payload error handler is replaced, because it can end the process too.
 */
export class Socket implements Receiver {
  readonly #options: SocketOptions;
  readonly #receiver: SocketModeReceiver;
  readonly #end = new AbortController();
  #kept: Promise<void> = Promise.resolve();
  #isUp = false;
  #isRenewing = false;

  constructor(options: SocketOptions) {
    const { appToken, slackApiUrl, logger, log } = options;
    this.#options = options;
    this.#receiver = new SocketModeReceiver({
      appToken,
      logger,
      autoReconnectEnabled: false,
      processEventErrorHandler: async ({ error: err }) => {
        log.error({ err }, 'Payload could not be accepted');
        return false;
      },
      installerOptions: {
        clientOptions: {
          timeout: CONNECT_LIMIT_MS,
          retryConfig: { retries: 0 },
          ...(slackApiUrl === undefined ? {} : { slackApiUrl }),
        },
      },
    });
    // The client keeps nothing of Slack's hello but that it came.
    this.#receiver.client.on('ws_message', (text: unknown) => this.#hear(text));
  }

  init(app: App): void {
    this.#receiver.init(app);
  }

  get isConnected(): boolean {
    return this.#isUp;
  }

  /** Resolves after the first attempt, and keeps a connection open. Rejects only when Slack rejects the bot for good. */
  async start(): Promise<void> {
    const first = await this.#attempt();
    if ('failed' in first && isFatal(first.failed)) throw first.failed;
    this.#kept = this.#keep(first);
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await this.#close();
    await this.#kept;
  }

  /** Closes the connection, and after a pause opens another one, at which Slack counts anew. */
  renew(): void {
    this.#isRenewing = true;
    void this.#close();
  }

  #hear(text: unknown): void {
    if (typeof text !== 'string' || !text.includes('num_connections')) return;
    const hello = Hello.safeParse(jsonIn(text));
    if (hello.success) this.#options.onConnections?.(hello.data.num_connections);
  }

  async #close(): Promise<void> {
    try {
      await within(this.#receiver.client.disconnect(), CLOSE_LIMIT_MS);
    } catch (err) {
      this.#options.log.warn({ err }, 'Socket was not closed in time');
    }
  }

  /** Connects; `gone` resolves when this connection is closed. */
  async #connect(): Promise<Open> {
    const { client } = this.#receiver;
    let onGone: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      onGone = () => {
        this.#isUp = false;
        resolve();
      };
    });
    client.once('disconnected', onGone);
    try {
      await within(client.start(), CONNECT_LIMIT_MS);
      this.#isUp = true;
      this.#options.log.info({}, 'Socket to Slack is open');
      // A stop during the connect had nothing to close yet.
      if (this.#end.signal.aborted) await this.#close();
      return { gone };
    } catch (error) {
      client.off('disconnected', onGone);
      await this.#close();
      throw error ?? new Error('the socket was closed before Slack said hello');
    }
  }

  async #attempt(): Promise<Attempt> {
    try {
      return await this.#connect();
    } catch (failed) {
      return { failed };
    }
  }

  async #keep(first: Attempt): Promise<void> {
    const { clock, onFatal } = this.#options;
    let failures = 0;
    for (let current = first; !this.#end.signal.aborted; current = await this.#attempt()) {
      const since = clock.steadyMs();
      if ('gone' in current) await this.#gone(current);
      else if (isFatal(current.failed)) return onFatal(current.failed);
      failures = 'gone' in current && clock.steadyMs() - since >= LIVED_MS ? 0 : failures + 1;
      if (failures > 0) await this.#backOff('failed' in current ? current.failed : CLOSED_AT_ONCE, failures);
      if (this.#end.signal.aborted) return;
    }
  }

  async #gone({ gone }: Open): Promise<void> {
    await gone;
    if (this.#isRenewing) await this.#pause(RENEW_PAUSE_MS);
    this.#isRenewing = false;
  }

  async #backOff(err: unknown, failures: number): Promise<void> {
    const afterMs = Math.min(BACKOFF_TO_MS, BACKOFF_FROM_MS * 2 ** Math.min(failures - 1, 10));
    if (this.#end.signal.aborted) return;
    this.#options.log.warn({ err, afterMs }, 'Socket could not be kept open');
    await this.#pause(afterMs);
  }

  async #pause(ms: number): Promise<void> {
    try {
      await this.#options.clock.sleep(ms, this.#end.signal);
    } catch (error) {
      if (!this.#end.signal.aborted) throw error;
    }
  }
}

/** An open connection; `gone` resolves when it is closed. */
interface Open {
  readonly gone: Promise<void>;
}

type Attempt = Open | { readonly failed: unknown };

const CLOSED_AT_ONCE =
  'Slack closed the connection right after its hello. Check that Socket Mode is on, and that no more than ten connections use this app.';

/** True for an answer that no retry changes. */
export function isFatal(error: unknown): error is Error {
  return error instanceof webApi.WebAPIPlatformError && FATAL.has(error.data.error);
}

async function within<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
