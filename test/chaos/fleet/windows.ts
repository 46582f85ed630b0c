import type { ChangeEvent } from '../../../src/domain/change/change.ts';

/** From when until when a change was under way, by the worker's journal; `to` is null while it is. */
export interface Window {
  readonly from: string;
  readonly to: string | null;
}

/** Null for a change that never began. */
export function windowOf(events: readonly ChangeEvent[]): Window | null {
  const started = events.find(({ type }) => type === 'started');
  const ended = events.findLast(({ type }) => type === 'done' || type === 'failed' || type === 'cancelled');
  return started === undefined ? null : { from: started.at, to: ended?.at ?? null };
}

/** Was the change under way at this moment? */
export const isWithin = (at: string, window: Window | null): boolean =>
  window !== null && at >= window.from && (window.to === null || at <= window.to);

/** How often a change began while another one of the cluster was under way. */
export function overlaps(windows: readonly (Window | null)[]): number {
  const begun = windows.filter((window) => window !== null).toSorted((a, b) => a.from.localeCompare(b.from));
  return begun.filter(({ from }, at) => begun.slice(0, at).some(({ to }) => to === null || to > from)).length;
}
