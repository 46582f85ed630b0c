import { join } from 'node:path';

/** Where a sandbox runs on this computer. */
export interface Place {
  /** Holds everything the sandbox writes; removed at its end. */
  readonly folder: string;
  /** A loopback address of its own, so that the well-known ports are free on it. */
  readonly host: string;
  /** The environment of every process. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether the clocks of bot, worker and Redis can be set. That of Redis needs a C compiler. */
  readonly hasClocks: boolean;
  readonly installed: Installed;
}

/** Folders as install.sh makes them, whose Node and program run the bot or the worker. Those left out are bundled from the sources. */
export interface Installed {
  readonly bot?: string;
  readonly worker?: string;
}

const PASSED_ON = ['PATH', 'HOME', 'LANG', 'TZ'];
/** What makes bot and worker start sooner: the bundled program and Node's compile cache. Removed with node_modules. */
export const CACHE = join(import.meta.dirname, '../node_modules/.cache/registry-ha-sandbox');

/** Only what a process needs to run: other settings and proxies of the caller's shell would change the results. */
export function bareEnvironment(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passedOn), NODE_COMPILE_CACHE: CACHE };
}
