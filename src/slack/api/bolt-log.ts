import { type Logger, LogLevel } from '@slack/bolt';
import { withoutSecrets } from '../../domain/text/secrets.ts';
import type { Log } from '../../ports/log.ts';

/** Writes the Slack library's messages to our log. Debug lines contain whole payloads and are dropped. */
export function boltLog(log: Log): Logger {
  return {
    debug: () => undefined,
    info: (...said) => log.info({ says: sentence(said) }, 'Message from the Slack library'),
    warn: (...said) => log.warn({ says: sentence(said) }, 'Warning from the Slack library'),
    error: (...said) => log.error({ says: sentence(said) }, 'Error from the Slack library'),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}

const sentence = (said: readonly unknown[]): string => withoutSecrets(said.map(inWords).join(' '));

/** The library also logs parts of Slack's answers, and some objects cannot be converted to text. */
function inWords(said: unknown): string {
  if (Array.isArray(said)) return said.map(inWords).join(',');
  const isObject = typeof said === 'object' && said !== null && !(said instanceof Error);
  return isObject ? 'an object' : String(said);
}
