/** Where a sandbox lives on this computer. */
export interface Place {
  /** Holds everything the sandbox writes; removed at its end. */
  readonly folder: string;
  /** A loopback address that no other sandbox has, so that well-known ports are free on it. */
  readonly host: string;
  /** What every process gets of our environment. */
  readonly env: Readonly<Record<string, string>>;
}

const PASSED_ON = ['PATH', 'HOME', 'LANG', 'TZ'];

/** Nothing but what a process needs to run: settings and proxies of the caller's shell would change what the sandbox does. */
export function bareEnvironment(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
