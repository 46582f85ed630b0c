import { type Sandbox, type SandboxOptions, startSandbox } from '../sandbox.ts';

/** What both ways to use the sandbox take from the command line. */
export interface CommandOptions {
  readonly cluster?: string;
  readonly policy?: string;
  readonly pace?: number;
  readonly port?: number;
  readonly http?: boolean;
}

/** The words of the command line as the sandbox wants them. */
export function sandboxOptions(
  { cluster, policy, pace, port, http }: CommandOptions,
  log: (says: string) => void,
  signal: AbortSignal,
): SandboxOptions {
  return {
    log,
    signal,
    delivery: http === true ? 'http' : 'socket',
    ...(cluster === undefined ? {} : { description: cluster }),
    ...(policy === undefined ? {} : { policy }),
    ...(pace === undefined ? {} : { pace }),
    ...(port === undefined ? {} : { port }),
  };
}

/** Null, and the reason said, when the sandbox could not start: what was started is closed again. */
export async function startOrSay(options: SandboxOptions, say: (line: string) => void): Promise<Sandbox | null> {
  try {
    return await startSandbox(options);
  } catch (error) {
    say(error instanceof Error ? `The sandbox did not start. ${error.message}` : String(error));
    return null;
  }
}
