import { join } from 'node:path';
import { type SocketOptions, serveSocket } from '../../adapters/socket/serve.ts';
import type { WorkerConfig } from '../../config/worker-config.ts';
import { NOBODY, type TerminalRules } from '../../domain/policy/terminal.ts';
import type { Log } from '../log.ts';

/** Where commands on the terminal reach the worker. */
export const socketIn = ({ stateFolder }: Pick<WorkerConfig, 'stateFolder'>): string =>
  join(stateFolder, 'terminal.sock');

/** Who may do what at the terminal. */
export const terminalRules = ({ terminal }: WorkerConfig): TerminalRules => terminal ?? NOBODY;

/** Serves commands on the terminal. A worker without a socket still serves its queue, so that this is no reason not to start. */
export async function workerSocket(config: WorkerConfig, serve: SocketOptions['serve'], log: Log) {
  const onError = (err: unknown) => log.warn({ err }, 'A connection of a terminal failed');
  try {
    return await serveSocket({ path: socketIn(config), serve, onError });
  } catch (err) {
    log.error({ err }, 'Commands on the terminal cannot change anything: the socket cannot be made');
    return { close: async () => undefined };
  }
}
