import { type Logger, pino } from 'pino';

/** One JSON line per event: a fixed sentence, and fields beside it. */
export interface Log {
  debug(fields: object, says: string): void;
  info(fields: object, says: string): void;
  warn(fields: object, says: string): void;
  error(fields: object, says: string): void;
}

const HIDDEN = '[hidden]';

/** Slack tokens, and whatever stands in a URL as a password. */
const SECRETS = /xox[a-z]-[\w-]+|xapp-[\w-]+|(?<=:\/\/[^\s:/@]*:)[^\s@/]+(?=@)/g;

/** The text with every token and URL password replaced. */
export const withoutSecrets = (text: string): string => text.replace(SECRETS, HIDDEN);

/** A log on standard output, unless told otherwise; every line is freed of secrets, the given ones and those that look like ones. */
export function openLog(
  level: string,
  name: string,
  secrets: readonly (string | undefined)[] = [],
  write: (line: string) => void = (line) => void process.stdout.write(line),
): Log {
  const known = secrets.filter((secret): secret is string => secret !== undefined && secret.length >= 6);
  const clean = (line: string) => known.reduce((text, secret) => text.replaceAll(secret, HIDDEN), withoutSecrets(line));
  const log: Logger = pino(
    { level, name, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => write(clean(line)) },
  );
  return log;
}
