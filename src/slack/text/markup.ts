import type { Markup } from '../../domain/text/markup.ts';
import { code, escaped } from './foreign-text.ts';
import { moment, person } from './names.ts';

/** Words as Slack's mrkdwn. */
export const MRKDWN: Markup = {
  ...{ text: escaped, code, strong: (label) => `*${label}*`, person, moment },
  card: (id) => code(id),
  // A message takes 4,000 characters, and markup grows when it is escaped.
  room: 3_000,
};

/** The same, with links to cards. */
export const linkingMrkdwn = (
  linkTo: (place: { readonly channel: string; readonly ts: string }) => string,
): Markup => ({
  ...MRKDWN,
  card: (id, place) => (place === null ? code(id) : `<${linkTo(place)}|${id}>`),
});
