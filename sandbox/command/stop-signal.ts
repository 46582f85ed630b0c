/** Why the sandbox stops. */
export type Stop = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'parent-gone';

/** The sandbox was asked to stop. */
export class Stopped extends Error {
  override readonly name = 'Stopped';

  constructor(how: Stop) {
    super(`Stopped (${how}).`);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const LOOK_EVERY_MS = 1_000;
/** The exit code that shells report for a program ended by Ctrl-C (128 + SIGINT). */
export const EXIT_BY_CTRL_C = 130;

/** A signal that is aborted on SIGINT, SIGTERM or SIGHUP, and when the parent process (npm, a shell) ends. */
export function stopSignal(): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const parent = process.ppid;
  const stop = (how: Stop): void => {
    // A second Ctrl-C ends the process at once; the keeper cleans up.
    if (controller.signal.aborted && how === 'SIGINT') process.exit(EXIT_BY_CTRL_C);
    controller.abort(new Stopped(how));
  };
  // An orphan gets another parent process.
  const watch = setInterval(() => process.ppid !== parent && stop('parent-gone'), LOOK_EVERY_MS);
  watch.unref();
  for (const name of SIGNALS) process.on(name, stop);
  return {
    signal: controller.signal,
    dispose() {
      clearInterval(watch);
      for (const name of SIGNALS) process.removeListener(name, stop);
    },
  };
}
