import { type Logger, pino } from 'pino';
import { printableJson } from '../domain/text/printable.ts';
import { withoutThese } from '../domain/text/secrets.ts';
import type { Log as PortLog } from '../ports/log.ts';

/** One JSON line per event: a fixed sentence and its fields. */
export interface Log extends PortLog {
  debug(fields: object, sentence: string): void;
}

/** A log whose level can change while the process runs. */
export interface SwitchableLog extends Log {
  /** To `debug`, or back to the level it was opened with. A line says which. */
  switchLevel(): void;
}

/** A log on standard output, without terminal control characters, likely secrets and `secrets`, which may grow later. */
export function openLog(
  level: string,
  name: string,
  secrets: readonly (string | undefined)[] = [],
  write: (line: string) => void = (line) => void process.stdout.write(line),
): SwitchableLog {
  const log: Logger = pino(
    { level, name, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => write(printableJson(withoutThese(line, secrets))) },
  );
  const isDebug = () => log.level === 'debug' && level !== 'debug';
  const tell = (next: string) => log.info({ next }, 'The level of the log changes; SIGUSR2 changes it again');
  return {
    debug: (fields, sentence) => log.debug(fields, sentence),
    info: (fields, sentence) => log.info(fields, sentence),
    warn: (fields, sentence) => log.warn(fields, sentence),
    error: (fields, sentence) => log.error(fields, sentence),
    switchLevel() {
      const next = isDebug() ? level : 'debug';
      // At a level such as `error` the line is only printed while it is `debug`.
      if (isDebug()) tell(next);
      log.level = next;
      if (isDebug()) tell(next);
    },
  };
}
