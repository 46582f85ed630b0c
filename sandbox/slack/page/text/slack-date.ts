type Form = (at: Date) => string;

const form =
  (options: Intl.DateTimeFormatOptions): Form =>
  (at) =>
    at.toLocaleString('en-GB', options);

const LONG: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' };
const MEDIUM: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'long', year: 'numeric' };
const SHORT: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', year: 'numeric' };

const numeric: Form = (at) =>
  [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
const time = form({ hour: '2-digit', minute: '2-digit' });

/** The tokens of docs.slack.dev/messaging/formatting-message-text, "Date formatting". */
const FORMS: ReadonlyMap<string, Form> = new Map([
  ['date_num', numeric],
  ['date', form(MEDIUM)],
  ['date_short', form(SHORT)],
  ['date_long', form(LONG)],
  ['date_pretty', pretty(form(MEDIUM))],
  ['date_short_pretty', pretty(form(SHORT))],
  ['date_long_pretty', pretty(form(LONG))],
  ['time', time],
  ['time_secs', form({ hour: '2-digit', minute: '2-digit', second: '2-digit' })],
]);

/** Formats a time with a Slack date format; undefined if the time or a token is invalid. */
export function formatSlackDate(seconds: number, format: string): string | undefined {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return undefined;
  const tokens = [...format.matchAll(/\{(\w+)\}/g)].map(([, token = '']) => token);
  if (!tokens.every((token) => FORMS.has(token))) return undefined;
  return format.replaceAll(/\{(\w+)\}/g, (whole, token: string) => FORMS.get(token)?.(at) ?? whole);
}

/** The time of day of a message's ts, in the reader's time zone. */
export function timeOfDay(ts: string): string {
  return time(dateOf(ts));
}

/** The whole date and time of a message's ts. */
export function fullTime(ts: string): string {
  return dateOf(ts).toLocaleString('en-GB', { dateStyle: 'full', timeStyle: 'medium' });
}

/** The day of a message's ts: Today, Yesterday, or its date. */
export function dayOf(ts: string): string {
  return pretty(form({ weekday: 'long', day: 'numeric', month: 'long' }))(dateOf(ts));
}

function dateOf(ts: string): Date {
  return new Date(Number(ts) * 1000);
}

function pretty(otherwise: Form): Form {
  return (at) => {
    const yesterday = new Date();
    yesterday.setDate(yesterday.getDate() - 1);
    if (numeric(at) === numeric(new Date())) return 'Today';
    return numeric(at) === numeric(yesterday) ? 'Yesterday' : otherwise(at);
  };
}
