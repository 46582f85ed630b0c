import { type Sandbox, type SandboxOptions, startSandbox } from '../sandbox.ts';

/** Options that `sandbox` and `sandbox run` share. */
export interface CommandOptions {
  readonly cluster?: string;
  readonly policy?: string;
  readonly pace?: number;
  readonly port?: number;
  readonly http?: boolean;
  readonly files?: boolean;
  readonly mentions?: boolean;
}

/** Converts command-line options to sandbox options. */
export function sandboxOptions(
  { cluster, policy, pace, port, http, files, mentions }: CommandOptions,
  log: (says: string) => void,
  signal: AbortSignal,
): SandboxOptions {
  return {
    log,
    signal,
    delivery: http === true ? 'http' : 'socket',
    ...(files === true ? { hasFiles: true } : {}),
    ...(mentions === true ? { hasMentions: true } : {}),
    ...(cluster === undefined ? {} : { description: cluster }),
    ...(policy === undefined ? {} : { policy }),
    ...(pace === undefined ? {} : { pace }),
    ...(port === undefined ? {} : { port }),
  };
}

/** Starts a sandbox; if that fails, reports why, closes what was started, and returns null. */
export async function startOrSay(options: SandboxOptions, say: (line: string) => void): Promise<Sandbox | null> {
  try {
    return await startSandbox(options);
  } catch (error) {
    say(error instanceof Error ? `The sandbox did not start. ${error.message}` : String(error));
    return null;
  }
}
