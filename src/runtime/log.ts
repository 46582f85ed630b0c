import { type Logger, pino } from 'pino';
import { printableJson } from '../domain/text/printable.ts';
import { withoutThese } from '../domain/text/secrets.ts';
import type { Log as PortLog } from '../ports/log.ts';

/** One JSON line per event: a fixed sentence and its fields. */
export interface Log extends PortLog {
  debug(fields: object, sentence: string): void;
}

/** A log on standard output, without terminal control characters, likely secrets and `secrets`, which may grow later. */
export function openLog(
  level: string,
  name: string,
  secrets: readonly (string | undefined)[] = [],
  write: (line: string) => void = (line) => void process.stdout.write(line),
): Log {
  const log: Logger = pino(
    { level, name, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => write(printableJson(withoutThese(line, secrets))) },
  );
  return log;
}
