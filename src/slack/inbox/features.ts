/** Features that need more than the manifest's scopes, and the scope of each (docs.slack.dev, pages of the events). */
const OPTIONAL: readonly { readonly scope: string; readonly feature: string }[] = [
  { scope: 'app_mentions:read', feature: 'Mentions of the bot, also in threads,' },
  { scope: 'im:history', feature: 'Questions in direct messages' },
];

/** Which optional features are off, as sentences; none while Slack does not say which scopes the token has. */
export function featuresOff(scopes: readonly string[] | undefined): readonly string[] {
  if (scopes === undefined) return [];
  return OPTIONAL.filter(({ scope }) => !scopes.includes(scope)).map(
    ({ scope, feature }) => `${feature} are off: the Slack app lacks the optional scope ${scope}.`,
  );
}
