import { MOST_BEHIND_MS } from '../../domain/answers/clocks.ts';
import { good, unknown, type Verdict, wrong } from '../../domain/answers/verdict.ts';
import { secondsInWords } from '../../domain/text/format.ts';

/** Half of what bot and worker may differ: both are compared with others, not with each other. */
const MOST_MS = MOST_BEHIND_MS / 2;

/** `whose` clock less ours, in ms; null if it did not say. */
export function clockVerdict(whose: string, aheadMs: number | null): Verdict {
  if (aheadMs === null) return unknown(`The answer of ${whose} has no time of day.`);
  const apart = secondsInWords(Math.abs(aheadMs) / 1000);
  if (Math.abs(aheadMs) <= MOST_MS)
    return good(`This clock and that of ${whose} differ by less than ${MOST_MS / 1000} s`);
  return wrong(
    `This clock is ${apart} ${aheadMs > 0 ? 'behind' : 'ahead of'} that of ${whose}. Plans and approvals expire by these clocks.`,
    'Find out which one is wrong with `chronyc tracking`, and set it with `chronyc makestep`.',
  );
}
