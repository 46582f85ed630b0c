import { withoutSecrets } from '../text/secrets.ts';
import type { ChangeEvent } from './change.ts';

/** The event as it may be kept and shown: what nodes, Salt and files said may hold what looks like a secret, and must not keep it. */
export function redacted(event: ChangeEvent): ChangeEvent {
  switch (event.type) {
    case 'failed':
    case 'step-failed':
      return { ...event, failure: cleaned(event.failure) };
    case 'refused':
      return { ...event, refusal: cleaned(event.refusal) };
    case 'step-done':
      return event.note === undefined ? event : { ...event, note: withoutSecrets(event.note) };
    default:
      return event;
  }
}

function cleaned<T extends object>(told: T): T {
  return Object.assign(
    { ...told },
    Object.fromEntries(
      Object.entries(told).flatMap(([key, value]) => (typeof value === 'string' ? [[key, withoutSecrets(value)]] : [])),
    ),
  );
}
