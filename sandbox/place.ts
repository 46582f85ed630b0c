import { join } from 'node:path';

/** Where a sandbox lives on this computer. */
export interface Place {
  /** Holds everything the sandbox writes; removed at its end. */
  readonly folder: string;
  /** A loopback address that no other sandbox has, so that well-known ports are free on it. */
  readonly host: string;
  /** What every process gets of our environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Can the clocks of bot and worker be set? */
  readonly hasClocks: boolean;
}

const PASSED_ON = ['PATH', 'HOME', 'LANG', 'TZ'];
/** Node keeps here what it compiled of bot and worker, so that the next start takes half the time; gone with the packages. */
const COMPILED = join(import.meta.dirname, '../node_modules/.cache/registry-ha-sandbox');

/** Nothing but what a process needs to run: settings and proxies of the caller's shell would change what the sandbox does. */
export function bareEnvironment(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passedOn), NODE_COMPILE_CACHE: COMPILED };
}
