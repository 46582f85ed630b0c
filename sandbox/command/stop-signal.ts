/** How the sandbox was told to end. */
export type Stop = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'parent-gone';

/** Somebody wanted the sandbox to end. */
export class Stopped extends Error {
  override readonly name = 'Stopped';

  constructor(how: Stop) {
    super(`Stopped (${how}).`);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const LOOK_EVERY_MS = 1_000;
/** What a shell reports of a program that Ctrl-C ended. */
export const EXIT_BY_CTRL_C = 130;

/** A signal that is aborted when somebody wants us to end, or when whoever started us (npm, a shell) is gone. */
export function stopSignal(): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const parent = process.ppid;
  const stop = (how: Stop): void => {
    // A second Ctrl-C means at once; the keeper cleans up.
    if (controller.signal.aborted && how === 'SIGINT') process.exit(EXIT_BY_CTRL_C);
    controller.abort(new Stopped(how));
  };
  // An orphan gets another parent.
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
