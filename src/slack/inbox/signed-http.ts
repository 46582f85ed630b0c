import type { IncomingMessage } from 'node:http';
import { type App, HTTPReceiver, type Logger, type Receiver } from '@slack/bolt';
import { portTaken } from '../../domain/answers/port-taken.ts';
import type { Clock } from '../../ports/clock.ts';

/** Slack's own tolerance (docs.slack.dev, "Verifying requests from Slack"); Bolt applies it to the past only. */
const SKEW_LIMIT_S = 300;
/** Slack's slash commands and clicks have a few kilobytes. */
const BODY_LIMIT = '256kb';

export interface SignedHttpOptions {
  readonly signingSecret: string;
  readonly host: string;
  readonly port: number;
  readonly logger: Logger;
  readonly clock: Pick<Clock, 'now'>;
}

/** The custom property for a request's signature. */
export const SIGNATURE = 'slackSignature';

/** Accepts Slack's signed requests to `/slack/events`. A timestamp too far in the past or future is rejected. */
export class SignedHttp implements Receiver {
  readonly #options: SignedHttpOptions;
  readonly #receiver: HTTPReceiver;
  #isListening = false;

  constructor(options: SignedHttpOptions) {
    this.#options = options;
    this.#receiver = new HTTPReceiver({
      signingSecret: options.signingSecret,
      logger: options.logger,
      bodyLimit: BODY_LIMIT,
      customPropertiesExtractor: ({ headers }) => ({ [SIGNATURE]: headers['x-slack-signature'] }),
    });
    const listener = this.#receiver.requestListener;
    this.#receiver.requestListener = (request, response) => {
      if (this.#isOfNow(request)) return listener(request, response);
      request.resume();
      response.writeHead(401).end();
    };
  }

  init(app: App): void {
    this.#receiver.init(app);
  }

  get isConnected(): boolean {
    return this.#isListening;
  }

  async start(): Promise<void> {
    const { host, port } = this.#options;
    try {
      await this.#receiver.start({ host, port });
    } catch (cause) {
      throw portTaken(cause, 'slack.http', { host, port }, 'requests of Slack');
    }
    this.#isListening = true;
  }

  async stop(): Promise<void> {
    if (!this.#isListening) return;
    this.#isListening = false;
    await this.#receiver.stop();
  }

  #isOfNow({ headers }: IncomingMessage): boolean {
    const sent = Number(headers['x-slack-request-timestamp']);
    return Math.abs(this.#options.clock.now().getTime() / 1000 - sent) <= SKEW_LIMIT_S;
  }
}
