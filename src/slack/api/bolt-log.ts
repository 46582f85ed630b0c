import { type Logger, LogLevel } from '@slack/bolt';
import { withoutSecrets } from '../../domain/text/secrets.ts';
import type { Log } from '../../ports/log.ts';

/** What Slack's library has to say, as fields of our own log; its debug lines hold whole payloads and are dropped. */
export function boltLog(log: Log): Logger {
  return {
    debug: () => undefined,
    info: (...said) => log.info({ says: sentence(said) }, 'the Slack library tells'),
    warn: (...said) => log.warn({ says: sentence(said) }, 'the Slack library warns'),
    error: (...said) => log.error({ says: sentence(said) }, 'the Slack library reports an error'),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}

const sentence = (said: readonly unknown[]): string => withoutSecrets(said.map(inWords).join(' '));

/** The library also hands over pieces of Slack's answers, and not every object lets itself be made a text of. */
function inWords(said: unknown): string {
  if (Array.isArray(said)) return said.map(inWords).join(',');
  const isObject = typeof said === 'object' && said !== null && !(said instanceof Error);
  return isObject ? 'an object' : String(said);
}
