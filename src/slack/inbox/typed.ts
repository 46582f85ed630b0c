/**
 * The text of a slash command as typed. Slack escapes `&`, `<` and `>`, and with `should_escape` sends mentions as `<@U…|name>` and
 * `<#C…|name>`, and addresses as `<http://node-2|node-2>` (docs.slack.dev, "Implementing slash commands").
 */
export function typed(text: string): string {
  return text
    .replaceAll(/<([^<>]*)>/g, (_, inner: string) => label(inner))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** A mention keeps its `@` or `#`, so that it never becomes a node name. */
function label(inner: string): string {
  const bar = inner.indexOf('|');
  const target = bar === -1 ? inner : inner.slice(0, bar);
  const words = bar === -1 ? target.replace(/^[@#!]/, '') : inner.slice(bar + 1);
  const sign = /^[@#!]/.exec(target)?.[0];
  if (sign === undefined) return words;
  return `${sign === '#' ? '#' : '@'}${words.replace(/^[@#]/, '')}`;
}
