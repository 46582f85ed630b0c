import { type Refusal, refuse } from '../answers/refusal.ts';
import { withoutSecrets } from '../text/secrets.ts';

/** A reason is one sentence on a card and in the audit; longer stories belong into a ticket. */
const REASON_LIMIT = 200;
const LINE_BREAKS = /[\n\r\u0085\u2028\u2029]/;
// Control characters, and format characters that turn or hide the text around them (bidirectional overrides, zero width).
const INVISIBLE = /[\p{Cc}\p{Cf}]/gu;

/** A reason as it may be shown and stored: one line, nothing invisible, no token, at most 200 characters. */
export function reasonFrom(typed: string): string | Refusal {
  if (LINE_BREAKS.test(typed)) {
    return refuse(
      'bad-command',
      'The reason has more than one line.',
      'Write it as one line: --reason "disk of node-1"',
    );
  }
  const reason = withoutSecrets(typed.toWellFormed().replaceAll(INVISIBLE, '').trim());
  if (reason === '') {
    return refuse('bad-command', 'The reason is empty.', 'Leave --reason out, or write one: --reason "disk of node-1"');
  }
  const length = [...reason].length;
  if (length <= REASON_LIMIT) return reason;
  return refuse(
    'bad-command',
    `The reason has ${length} characters; ${REASON_LIMIT} are the most.`,
    'Make it shorter and name a ticket for the rest.',
  );
}
