import { webApi } from '@slack/bolt';

/** A client of Slack's Web API. It throws at a 429: by itself it would delay all its calls by the Retry-After. */
export function webClient(
  { botToken, slackApiUrl }: { readonly botToken: string; readonly slackApiUrl?: string | undefined },
  options: Pick<webApi.WebClientOptions, 'logger' | 'retryConfig' | 'timeout'>,
): webApi.WebClient {
  const at = slackApiUrl === undefined ? {} : { slackApiUrl };
  return new webApi.WebClient(botToken, { ...options, rejectRateLimitedCalls: true, ...at });
}
