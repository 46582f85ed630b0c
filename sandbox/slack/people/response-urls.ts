import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Site } from '../site/site.ts';
import type { Draft } from '../site/timeline.ts';
import { contentOf } from '../web-api/content.ts';

/** A response_url takes five posts within thirty minutes (docs.slack.dev, "Handling user interaction"). */
const USES = 5;
const LIFE_MS = 30 * 60_000;

const Reply = z.object({
  text: z.string().optional(),
  blocks: z.unknown().optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).default('ephemeral'),
  replace_original: z.boolean().default(false),
  delete_original: z.boolean().default(false),
  thread_ts: z.string().optional(),
});

/** Who a response_url belongs to; `source` is the message that it can replace or delete. */
export interface Addressee {
  readonly person: string;
  readonly channel: string;
  readonly source?: string;
}

/** The HTTP answer to a post. */
export interface ReplyOutcome {
  readonly status: number;
  readonly error?: string;
}

interface Issued {
  readonly addressee: Addressee;
  readonly until: number;
  readonly uses: number;
}

/** The response_urls sent with commands and clicks. */
export class ResponseUrls {
  readonly #site: Site;
  readonly #issued = new Map<string, Issued>();

  constructor(site: Site) {
    this.#site = site;
  }

  issue(kind: 'commands' | 'actions', addressee: Addressee): string {
    const { workspace, origin, now } = this.#site;
    const path = `/${kind}/${workspace.team.id}/${this.#issued.size + 1}/${randomBytes(12).toString('hex')}`;
    this.#issued.set(path, { addressee, until: now() + LIFE_MS, uses: 0 });
    return `${origin()}${path}`;
  }

  /** Handles one post to a response_url; a refused post counts as a use. */
  post(path: string, body: unknown): ReplyOutcome {
    const issued = this.#issued.get(path);
    if (issued === undefined) return { status: 404, error: 'no_such_url' };
    if (this.#site.now() > issued.until) return { status: 404, error: 'expired_url' };
    if (issued.uses >= USES) return { status: 404, error: 'used_url' };
    this.#issued.set(path, { ...issued, uses: issued.uses + 1 });
    return this.reply(issued.addressee, body);
  }

  /**
   * Shows an answer from a command's acknowledgement or its response_url. A command has no message that `replace_original` could
   * replace, not even its own first answer: Slack posts a new one (slackapi/bolt-python issue 1268, slackapi/bolt-js issue 2287).
   */
  reply(to: Addressee, body: unknown): ReplyOutcome {
    const parsed = Reply.safeParse(body);
    if (!parsed.success) return { status: 400, error: 'invalid_payload' };
    if (parsed.data.delete_original) return this.#remove(to);
    const content = contentOf(parsed.data, this.#site);
    if (content.is === 'refused') return { status: 400, error: content.answer.error ?? 'invalid_payload' };
    const { timeline } = this.#site;
    const source = to.source === undefined ? undefined : timeline.find(to.channel, to.source);
    if (parsed.data.replace_original && source !== undefined) timeline.revise(source.ts, content);
    else timeline.post({ ...this.#draft(to, parsed.data), text: content.text, blocks: content.blocks });
    return { status: 200 };
  }

  #draft(to: Addressee, reply: z.infer<typeof Reply>): Omit<Draft, 'text' | 'blocks'> {
    const author = this.#site.workspace.bot;
    const thread = reply.thread_ts === undefined ? {} : { threadTs: reply.thread_ts };
    const seen = reply.response_type === 'in_channel' ? {} : { ephemeralFor: to.person };
    return { channel: to.channel, author, ...thread, ...seen };
  }

  #remove(to: Addressee): ReplyOutcome {
    if (to.source === undefined) return { status: 404, error: 'message_not_found' };
    this.#site.timeline.remove(to.source);
    return { status: 200 };
  }
}
