import type { Markup } from '../../domain/text/markup.ts';
import { code, escaped } from './foreign-text.ts';
import { moment, person } from './names.ts';

/** Characters of one answer: a message of Slack takes 4,000, and markup grows when it is escaped. */
const ANSWER_ROOM = 3_000;

/** Words as Slack's mrkdwn. */
export const MRKDWN: Markup = {
  room: ANSWER_ROOM,
  ...{ text: escaped, code, strong: (label) => `*${label}*`, person, moment },
  channel: (id) => `<#${id}>`,
  card: (id) => code(id),
};

/** The same, with links to cards. */
export const linkingMrkdwn = (
  linkTo: (place: { readonly channel: string; readonly ts: string }) => string,
): Markup => ({
  ...MRKDWN,
  card: (id, place) => (place === null ? code(id) : `<${linkTo(place)}|${id}>`),
});

/** The same for a message that everyone reads: a person's name instead of a mention, which would call the person. */
export const quiet = (markup: Markup): Markup => ({
  ...markup,
  person: ({ id, name }) => (name === id ? markup.person({ id, name }) : escaped(name)),
});
