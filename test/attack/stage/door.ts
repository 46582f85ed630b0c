import { createHmac, randomUUID } from 'node:crypto';
import { becomesTrue } from '../../../sandbox/processes/poll.ts';
import type { Person } from '../../../sandbox/slack/local-slack.ts';
import type { Replies } from './replies.ts';

/** A request to the bot; missing fields have the values of an honest Slack. */
export interface Knock {
  readonly body: string | Buffer;
  readonly secret?: string;
  /** Seconds since the epoch, or any other text. */
  readonly timestamp?: string;
  readonly signature?: string | null;
  readonly type?: string;
  readonly path?: string;
}

/** The bot's answer; status 0 if it closed the connection. */
export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** The content of a click's payload. */
export interface Click {
  readonly by: Pick<Person, 'id' | 'name'>;
  readonly action: string;
  readonly value?: unknown;
  readonly team?: string | null;
  readonly userTeam?: string;
  readonly channel?: string;
}

/** The content of a submitted form; missing fields are those of an honest one. */
export interface Submission {
  readonly by: Pick<Person, 'id' | 'name'>;
  readonly team?: string;
  readonly metadata?: string;
  readonly nodes?: readonly string[];
  readonly options?: readonly string[];
  readonly verb?: string;
  readonly cluster?: string;
}

/** The content of a submitted window for a reason. */
export interface ReasonSubmission {
  readonly by: Pick<Person, 'id' | 'name'>;
  readonly team?: string;
  readonly form: string;
  readonly metadata: string;
  readonly reason?: string;
}

const TEAM = 'T0SANDBOX';
const CHANNEL = 'C0OPS';
const ANSWER_LIMIT_MS = 60_000;

/** The bot's HTTP endpoint, called with arbitrary requests. */
export class Door {
  readonly #url: string;
  readonly #secret: string;
  readonly #replies: Replies;
  readonly #signal: AbortSignal;

  constructor(options: { url: string; secret: string; replies: Replies; signal: AbortSignal }) {
    this.#url = options.url;
    this.#secret = options.secret;
    this.#replies = options.replies;
    this.#signal = options.signal;
  }

  async knock({ body, secret = this.#secret, type, path, ...given }: Knock): Promise<Answered> {
    const timestamp = given.timestamp ?? String(Math.floor(Date.now() / 1000));
    const signature = given.signature === undefined ? signed(secret, timestamp, body) : given.signature;
    const headers = {
      'content-type': type ?? 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      ...(signature === null ? {} : { 'x-slack-signature': signature }),
    };
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(ANSWER_LIMIT_MS)]);
    try {
      const sent = typeof body === 'string' ? body : new Uint8Array(body);
      const response = await fetch(new URL(path ?? '', this.#url), { method: 'POST', body: sent, headers, signal });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      this.#signal.throwIfAborted();
      // undici's error for a server that closes the connection while the body is being sent.
      if (error instanceof TypeError) return { status: 0, text: '' };
      throw error;
    }
  }

  /** Sends a click and waits for the private reply; null if there is none within the limit. */
  async click(click: Click, limitMs = ANSWER_LIMIT_MS): Promise<string | null> {
    const url = this.#replies.url();
    await this.knock({ body: formOf(clickPayload(click, url)) });
    return await this.#privateReply(url, limitMs);
  }

  /** Types a slash command and waits for the private reply in the same way. */
  async command(by: Pick<Person, 'id' | 'name'>, text: string, limitMs = ANSWER_LIMIT_MS): Promise<string | null> {
    const url = this.#replies.url();
    await this.knock({ body: commandForm(by, text, url) });
    return await this.#privateReply(url, limitMs);
  }

  /** Submits the form; returns the bot's acknowledgement. */
  async submit(given: Submission): Promise<Answered> {
    return await this.knock({ body: formOf(submissionPayload(given)) });
  }

  /** Submits a window that asks for a reason. */
  async submitReason({ by, team = TEAM, form, metadata, reason }: ReasonSubmission): Promise<Answered> {
    const values = { why: { 'registry-ha:deny-form:why': { type: 'plain_text_input', value: reason ?? null } } };
    const view = {
      id: `V0${randomUUID()}`,
      type: 'modal',
      callback_id: form,
      private_metadata: metadata,
      state: { values },
    };
    const user = { id: by.id, username: by.name, name: by.name, team_id: team };
    const payload = {
      type: 'view_submission',
      user,
      team: { id: team, domain: 'sandbox' },
      trigger_id: randomUUID(),
      view,
    };
    return await this.knock({ body: formOf(payload) });
  }

  /** Chooses the shortcut of a message, and waits for the private reply. */
  async shortcut(by: Pick<Person, 'id' | 'name'>, ts: string, more: object = {}): Promise<string | null> {
    const url = this.#replies.url();
    const payload = {
      ...{ type: 'message_action', callback_id: 'registry-ha:explain', trigger_id: randomUUID(), response_url: url },
      user: { id: by.id, name: by.name, team_id: TEAM },
      team: { id: TEAM, domain: 'sandbox' },
      channel: { id: CHANNEL, name: 'ops' },
      ...{ message_ts: ts, message: { ts }, ...more },
    };
    await this.knock({ body: formOf(payload) });
    return await this.#privateReply(url, ANSWER_LIMIT_MS);
  }

  /** Sends an event; Slack has no response_url for it. */
  async event(event: object, more: object = {}): Promise<Answered> {
    const body = { type: 'event_callback', team_id: TEAM, event_id: `Ev${randomUUID()}`, event, ...more };
    return await this.knock({ body: JSON.stringify(body), type: 'application/json' });
  }

  /** The body of a slash command. */
  form(by: Pick<Person, 'id' | 'name'>, text: string): { readonly body: string; readonly url: string } {
    const url = this.#replies.url();
    return { body: commandForm(by, text, url), url };
  }

  /** The reply at this response URL, if any. */
  heard(url: string): string | undefined {
    return this.#replies.heard(url);
  }

  async #privateReply(url: string, limitMs: number): Promise<string | null> {
    await becomesTrue(() => this.#replies.heard(url) !== undefined, limitMs, this.#signal);
    return this.#replies.heard(url) ?? null;
  }
}

/** Slack's `v0` signature, over raw bytes. */
function signed(secret: string, timestamp: string, body: string | Buffer): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;
}

function commandForm({ id, name }: Pick<Person, 'id' | 'name'>, text: string, url: string): string {
  return new URLSearchParams({
    team_id: TEAM,
    channel_id: CHANNEL,
    user_id: id,
    user_name: name,
    command: '/registry-ha',
    text,
    response_url: url,
    trigger_id: randomUUID(),
  }).toString();
}

const formOf = (payload: object): string => new URLSearchParams({ payload: JSON.stringify(payload) }).toString();

function clickPayload({ by, action, value, team = TEAM, userTeam = TEAM, channel = CHANNEL }: Click, url: string) {
  return {
    type: 'block_actions',
    user: { id: by.id, username: by.name, name: by.name, team_id: userTeam },
    team: team === null ? null : { id: team, domain: 'sandbox' },
    channel: { id: channel, name: 'ops' },
    container: { type: 'message', message_ts: '1.1', channel_id: channel, is_ephemeral: false },
    trigger_id: randomUUID(),
    response_url: url,
    actions: [
      {
        type: 'button',
        block_id: 'decision',
        action_id: action,
        action_ts: '1.1',
        ...(value === undefined ? {} : { value: typeof value === 'string' ? value : JSON.stringify(value) }),
      },
    ],
  };
}

function submissionPayload({
  by,
  team = TEAM,
  metadata,
  nodes = ['node-2'],
  options = [],
  verb = 'add',
  cluster,
}: Submission) {
  const field = (name: string, value: object) => ({ [`registry-ha:form:${name}`]: value });
  const chosen = (value: string) => ({ type: 'static_select', selected_option: { value } });
  const ticked = (values: readonly string[]) => ({
    type: 'checkboxes',
    selected_options: values.map((value) => ({ value })),
  });
  return {
    type: 'view_submission',
    user: { id: by.id, username: by.name, name: by.name, team_id: team },
    team: { id: team, domain: 'sandbox' },
    trigger_id: randomUUID(),
    view: {
      id: `V0${randomUUID()}`,
      type: 'modal',
      callback_id: 'registry-ha:form',
      private_metadata: metadata ?? JSON.stringify({ channel: CHANNEL }),
      state: {
        values: {
          verb: field('verb', chosen(verb)),
          ...(cluster === undefined ? {} : { cluster: field('cluster', chosen(cluster)) }),
          nodes: field('nodes', ticked(nodes)),
          options: field('options', ticked(options)),
          reason: field('reason', { type: 'plain_text_input', value: null }),
        },
      },
    },
  };
}
