import { type Refusal, refuse } from '../answers/refusal.ts';
import { withoutSecrets } from '../text/secrets.ts';

/** Characters. A reason is one sentence on the card and in the audit. */
export const REASON_LIMIT = 200;
const LINE_BREAKS = /[\n\r\u0085\u2028\u2029]/;
// Control characters, and format characters that reorder or hide text (bidirectional overrides, zero width).
const INVISIBLE = /[\p{Cc}\p{Cf}]/gu;

/** A reason that is safe to show and store: one line, nothing invisible, no secret, at most 200 characters. */
export function reasonFrom(typed: string): string | Refusal {
  if (LINE_BREAKS.test(typed))
    return bad('The reason has more than one line.', 'Write it as one line: --reason "disk of node-1"');
  const reason = withoutSecrets(typed.toWellFormed().replaceAll(INVISIBLE, '').trim());
  if (reason === '')
    return bad('The reason is empty.', 'Write a reason, or remove the option: --reason "disk of node-1"');
  const length = [...reason].length;
  if (length <= REASON_LIMIT) return reason;
  const says = `The reason has ${length} characters. The limit is ${REASON_LIMIT}.`;
  return bad(says, 'Shorten it, and name a ticket for the rest.');
}

const bad = (says: string, tryNext: string): Refusal => refuse('bad-command', says, tryNext);
