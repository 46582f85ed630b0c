/** Slack's answer about a token. */
export type TokenSeen =
  | {
      readonly is: 'good';
      readonly team: string;
      readonly bot: string;
      /** Null if Slack did not say. */
      readonly scopes: readonly string[] | null;
      readonly serverMs: number | null;
    }
  /** Slack's error code, for example `invalid_auth`. */
  | { readonly is: 'refused'; readonly code: string }
  /** Slack could not be reached. */
  | { readonly is: 'silent'; readonly why: string };

/** Yes, no with Slack's error code, or not known with the reason. */
export type SlackSays =
  | { readonly is: 'yes' }
  | { readonly is: 'no'; readonly code: string }
  | { readonly is: 'unknown'; readonly why: string };

/** The Slack workspace of a bot token. Nothing of it throws but when aborted. */
export interface SlackSite {
  token(signal: AbortSignal): Promise<TokenSeen>;
  /** Whether the app token opens a connection; none is opened. */
  appToken(signal: AbortSignal): Promise<SlackSays>;
  /** Whether the bot is a member of the channel; needs the scope channels:read, or groups:read for a private channel. */
  isIn(channel: string, signal: AbortSignal): Promise<SlackSays>;
  /** Whether the person exists and is active; needs the scope users:read. */
  hasPerson(user: string, signal: AbortSignal): Promise<SlackSays>;
}
