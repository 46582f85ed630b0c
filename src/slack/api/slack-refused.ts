import { webApi } from '@slack/bolt';

/** Why Slack did not do what it was asked, in the kinds that make a difference here. */
export type SlackFault =
  /** The message, or its channel, is gone for good. */
  | 'gone'
  /** The bot may not write there. */
  | 'not-in-channel'
  /** The blocks are not what this workspace takes. */
  | 'invalid-blocks'
  /** Too much at once; `retryAfterMs` says when again. */
  | 'rate-limited'
  /** Any other "no" of Slack; trying the very same again may help once somebody mends the cause. */
  | 'refused'
  /** No answer, or a broken one. */
  | 'unavailable';

/** Slack did not do what it was asked. */
export class SlackRefused extends Error {
  override readonly name = 'SlackRefused';
  readonly fault: SlackFault;
  /** Slack's own word, for example `not_in_channel`. */
  readonly code: string;
  readonly retryAfterMs: number;
  /** What Slack added, for example JSON pointers into refused blocks. */
  readonly notes: readonly string[];

  constructor(
    fault: SlackFault,
    code: string,
    more: { readonly retryAfterMs?: number; readonly notes?: readonly string[]; readonly cause?: unknown } = {},
  ) {
    super(`Slack: ${code}`, { cause: more.cause });
    this.fault = fault;
    this.code = code;
    this.retryAfterMs = more.retryAfterMs ?? 0;
    this.notes = more.notes ?? [];
  }
}

/** Codes of chat.postMessage and chat.update, from their method pages. */
const FAULTS: ReadonlyMap<string, SlackFault> = new Map(
  Object.entries({
    message_not_found: 'gone',
    cant_update_message: 'gone',
    edit_window_closed: 'gone',
    is_archived: 'gone',
    channel_not_found: 'gone',
    thread_not_found: 'gone',
    not_in_channel: 'not-in-channel',
    restricted_action: 'not-in-channel',
    invalid_blocks: 'invalid-blocks',
    invalid_blocks_format: 'invalid-blocks',
    msg_blocks_too_long: 'invalid-blocks',
    ratelimited: 'rate-limited',
    rate_limited: 'rate-limited',
  } as const),
);

/** The error of a Web API call in our own words. */
export function slackRefused(error: unknown): SlackRefused {
  if (error instanceof SlackRefused) return error;
  if (error instanceof webApi.WebAPIRateLimitedError) {
    return new SlackRefused('rate-limited', 'ratelimited', { retryAfterMs: error.retryAfter * 1000, cause: error });
  }
  if (error instanceof webApi.WebAPIPlatformError) {
    const { error: code, response_metadata: added } = error.data;
    return new SlackRefused(FAULTS.get(code) ?? 'refused', code, { notes: added?.messages ?? [], cause: error });
  }
  return new SlackRefused('unavailable', error instanceof Error ? error.message : String(error), { cause: error });
}
