import type { Channel, Person } from '../local-slack-types.ts';

/** Top-level domains that Slack's autolinker surely knows: bare names under them become links. */
const BARE_DOMAIN = /(^|\s)((?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|eu|fr))(?=\s|$)/gi;
const URL_WORD = /(^|\s)(https?:\/\/\S+)/g;
const MENTION = /(^|\s)@([\w.-]+)/g;
const CHANNEL = /(^|\s)#([\w-]+)/g;
const EVERYBODY = ['here', 'channel', 'everyone'];

/** The people and channels that a command may mention. */
export interface Mentionable {
  readonly people: readonly Person[];
  readonly channels: readonly Channel[];
}

/**
 * The `text` of a slash command as Slack sends it: `&`, `<` and `>` as entities; with `should_escape`, mentions as
 * `<@U…|name>` and `<#C…|name>`, and addresses as links (docs.slack.dev, "Implementing slash commands").
 */
export function commandText(typed: string, shouldEscape: boolean, known: Mentionable): string {
  const text = typed.trim().replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  if (!shouldEscape) return text;
  return text
    .replaceAll(URL_WORD, '$1<$2>')
    .replaceAll(BARE_DOMAIN, '$1<http://$2|$2>')
    .replaceAll(MENTION, (all: string, space: string, name: string) => space + (mention(name, known) ?? all.trim()))
    .replaceAll(CHANNEL, (all: string, space: string, name: string) => space + (channel(name, known) ?? all.trim()));
}

function mention(name: string, { people }: Mentionable): string | undefined {
  if (EVERYBODY.includes(name)) return `<!${name}>`;
  const person = people.find((candidate) => candidate.name === name);
  return person === undefined ? undefined : `<@${person.id}|${person.name}>`;
}

function channel(name: string, { channels }: Mentionable): string | undefined {
  const found = channels.find((candidate) => candidate.name === name);
  return found === undefined ? undefined : `<#${found.id}|${found.name}>`;
}

/** The `text` of an ordinary message: the same, but a mention has no name in it ("Formatting text for app surfaces"). */
export function messageText(
  typed: string,
  { people, channels, bot }: Mentionable & { readonly bot: { readonly id: string; readonly name: string } },
): string {
  const known = [...people, { ...bot, title: '' }];
  return commandText(typed, true, { people: known, channels }).replaceAll(/<@([A-Z0-9]+)\|[^>]*>/g, '<@$1>');
}
