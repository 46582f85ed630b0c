import type { Log, SwitchableLog } from './log.ts';

/** SIGUSR2 switches the log to `debug`, and the next one back. The process goes on, and so does its change. */
export function switchedBySignal(log: SwitchableLog): Log {
  process.on('SIGUSR2', () => log.switchLevel());
  return log;
}
