import type { ChangeEvent } from '../../../src/domain/change/change.ts';

/** When a change was running, by the worker's journal; `to` is null while it runs. */
export interface Window {
  readonly from: string;
  readonly to: string | null;
}

/** Null for a change that never started. */
export function windowOf(events: readonly ChangeEvent[]): Window | null {
  const started = events.find(({ type }) => type === 'started');
  const ended = events.findLast(({ type }) => type === 'done' || type === 'failed' || type === 'cancelled');
  return started === undefined ? null : { from: started.at, to: ended?.at ?? null };
}

/** Whether the change was running at this moment. */
export const isWithin = (at: string, window: Window | null): boolean =>
  window !== null && at >= window.from && (window.to === null || at <= window.to);

/** How often a change of the cluster started during another. */
export function overlaps(windows: readonly (Window | null)[]): number {
  const begun = windows.filter((window) => window !== null).toSorted((a, b) => a.from.localeCompare(b.from));
  return begun.filter(({ from }, at) => begun.slice(0, at).some(({ to }) => to === null || to > from)).length;
}
