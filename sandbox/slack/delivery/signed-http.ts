import { createHmac } from 'node:crypto';
import { jsonIn } from '../../../src/domain/text/json.ts';
import type { Fields } from '../json.ts';
import type { Courier, Delivery, Outgoing } from './delivery.ts';

/** Delivery over HTTP: a signed form, posted to the request URL. */
export class SignedHttp implements Courier {
  readonly #requestUrl: string;
  readonly #signingSecret: string;
  readonly #now: () => number;
  readonly #ackLimitMs: number;
  readonly #closed = new AbortController();

  constructor(requestUrl: string, signingSecret: string, now: () => number, ackLimitMs: number) {
    this.#requestUrl = requestUrl;
    this.#signingSecret = signingSecret;
    this.#now = now;
    this.#ackLimitMs = ackLimitMs;
  }

  async deliver(outgoing: Outgoing): Promise<Delivery> {
    const deadline = AbortSignal.timeout(this.#ackLimitMs);
    try {
      const signal = AbortSignal.any([deadline, this.#closed.signal]);
      const isEvent = outgoing.type === 'events_api';
      const response = isEvent
        ? await this.#send(JSON.stringify(outgoing.payload), 'application/json', signal)
        : await this.#send(formOf(outgoing), 'application/x-www-form-urlencoded', signal);
      const text = await response.text();
      if (!response.ok) return { is: 'failed', error: 'dispatch_failed' };
      const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
      return { is: 'acked', answer: isJson ? jsonIn(text) : text };
    } catch (error) {
      if (deadline.aborted) return { is: 'failed', error: 'operation_timeout' };
      if (error instanceof TypeError || this.#closed.signal.aborted) return { is: 'failed', error: 'dispatch_failed' };
      throw error;
    }
  }

  close(): Promise<void> {
    this.#closed.abort();
    return Promise.resolve();
  }

  #send(body: string, type: string, signal: AbortSignal): Promise<Response> {
    const timestamp = String(Math.floor(this.#now() / 1000));
    const headers = {
      'content-type': type,
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signature(this.#signingSecret, timestamp, body),
    };
    return fetch(this.#requestUrl, { method: 'POST', body, headers, signal, redirect: 'manual' });
  }
}

/** The `v0` signature over timestamp and raw body (docs.slack.dev, "Verifying requests from Slack"). */
export function signature(secret: string, timestamp: string, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

function formOf({ type, payload }: Outgoing): string {
  if (type === 'interactive') return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  return new URLSearchParams(stringsOf(payload)).toString();
}

const stringsOf = (payload: Fields): Record<string, string> =>
  Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, String(value)]));
