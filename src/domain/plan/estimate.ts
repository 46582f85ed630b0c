import type { Step } from './step.ts';

/** Bytes per second that a copy may be expected to reach: a busy and a free 1 Gbit/s link. */
const SLOW_COPY = 30_000_000;
const FAST_COPY = 110_000_000;

/** Seconds that each kind of step takes, from a quick to a slow cluster; estimates of the field, not measurements. */
const SECONDS: Readonly<Record<Exclude<Step['kind'], 'copy'>, { readonly from: number; readonly to: number }>> = {
  mount: { from: 5, to: 15 },
  solutions: { from: 3, to: 10 },
  'other-version': { from: 3, to: 10 },
  deploy: { from: 40, to: 120 },
  ready: { from: 5, to: 30 },
  engines: { from: 40, to: 240 },
  verify: { from: 5, to: 30 },
  withdraw: { from: 5, to: 60 },
  unmount: { from: 1, to: 5 },
  unconfigure: { from: 1, to: 3 },
  'remove-copy': { from: 2, to: 60 },
  'prove-undone': { from: 5, to: 30 },
};

/** How long these steps may take, in seconds. */
export function estimate(steps: readonly Step[]): { readonly from: number; readonly to: number } {
  let from = 0;
  let to = 0;
  for (const step of steps) {
    const cost =
      step.kind === 'copy'
        ? { from: step.archive.size / FAST_COPY, to: step.archive.size / SLOW_COPY }
        : SECONDS[step.kind];
    from += cost.from;
    to += cost.to;
  }
  return { from: Math.round(from), to: Math.round(to) };
}
