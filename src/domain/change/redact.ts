import { withoutSecrets } from '../text/secrets.ts';
import type { ChangeEvent } from './change.ts';

/** The event without secrets in texts from nodes, Salt and files. */
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

function cleaned<T extends object>(report: T): T {
  const hidden = Object.entries(report).map(([key, value]) => [
    key,
    typeof value === 'string' ? withoutSecrets(value) : value,
  ]);
  return { ...report, ...Object.fromEntries(hidden) };
}
