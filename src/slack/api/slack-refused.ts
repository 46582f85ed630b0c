import { webApi } from '@slack/bolt';

/** Why a Slack call failed, as far as we handle it differently. */
export type SlackFault =
  /** The message no longer exists, or is not the bot's. */
  | 'gone'
  /** The bot cannot write in the channel: it was removed from it, or the channel is archived or deleted. */
  | 'not-in-channel'
  /** This workspace rejects the blocks. */
  | 'invalid-blocks'
  /** The message is longer than Slack accepts. */
  | 'too-long'
  /** See `retryAfterMs`. */
  | 'rate-limited'
  /** Any other error from Slack; a retry helps only after the cause is fixed. */
  | 'refused'
  /** No answer, or an invalid one. */
  | 'unavailable';

/** A Slack call failed. */
export class SlackRefused extends Error {
  override readonly name = 'SlackRefused';
  readonly fault: SlackFault;
  /** Slack's error code, for example `not_in_channel`. */
  readonly code: string;
  readonly retryAfterMs: number;
  /** True if Slack was not asked: this message waits for others of the bot. */
  readonly isOwnLimit: boolean;
  /** Slack's details, for example JSON pointers into rejected blocks. */
  readonly notes: readonly string[];

  constructor(
    fault: SlackFault,
    code: string,
    more: {
      readonly retryAfterMs?: number;
      readonly isOwnLimit?: boolean;
      readonly notes?: readonly string[];
      readonly cause?: unknown;
    } = {},
  ) {
    super(`Slack: ${code}`, { cause: more.cause });
    this.fault = fault;
    this.code = code;
    this.retryAfterMs = more.retryAfterMs ?? 0;
    this.isOwnLimit = more.isOwnLimit ?? false;
    this.notes = more.notes ?? [];
  }
}

/** Error codes of chat.postMessage and chat.update (method pages). */
const FAULTS: ReadonlyMap<string, SlackFault> = new Map(
  Object.entries({
    message_not_found: 'gone',
    cant_update_message: 'gone',
    edit_window_closed: 'gone',
    thread_not_found: 'gone',
    not_in_channel: 'not-in-channel',
    is_archived: 'not-in-channel',
    channel_not_found: 'not-in-channel',
    restricted_action: 'not-in-channel',
    invalid_blocks: 'invalid-blocks',
    invalid_blocks_format: 'invalid-blocks',
    msg_blocks_too_long: 'too-long',
    msg_too_long: 'too-long',
    ratelimited: 'rate-limited',
    rate_limited: 'rate-limited',
  } as const),
);

/** Converts an error of a Web API call. */
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
