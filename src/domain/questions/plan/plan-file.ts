import type { Change } from '../../change/change.ts';
import { planFileText } from '../../plan/plan-file.ts';
import { list } from '../../plan/plan-text.ts';
import { bytesInWords, count, secondsInWords, utc } from '../../text/format.ts';
import { PLAIN } from '../../text/markup.ts';
import { printable } from '../../text/printable.ts';
import { verbPlug } from '../../verbs/verbs.ts';

/** A plan as a text file. */
export interface PlanFile {
  readonly name: string;
  readonly text: string;
}

/** The whole plan of a change for a file; null without a plan. */
export function planFile(change: Change): PlanFile | null {
  const { id, plan } = change;
  if (plan === undefined) return null;
  const name = `plan-${id}.txt`;
  const { words } = verbPlug(change.intent.verb);
  const title = printable(`Plan of ${id}: ${words.aim(change)}`);
  return { name, text: planFileText(title, seenText({ ...change, plan }, name), plan.approved) };
}

/** What the card says besides: it was true when the plan was made, and may change. */
function seenText(change: Change & Required<Pick<Change, 'plan'>>, name: string): string {
  const { requester, requestedAt, planExpires, plan } = change;
  const { seen } = plan;
  const { from, to } = seen.estimate;
  const summary = verbPlug(change.intent.verb).words.summary(change, plan, PLAIN);
  const until = planExpires === undefined ? '' : ` It can be approved until ${utc(planExpires)}.`;
  return [
    [
      `Requested by ${requester.name} (${requester.id}) at ${utc(requestedAt)}. Planned at ${utc(seen.at)}.${until}`,
      `${summary}; ${count(plan.approved.steps.length, 'step')} in total. Takes about ${secondsInWords(from)} to ${secondsInWords(to)}.`,
      `To check this file: registry-ha plan digest ${name}`,
    ]
      .map(printable)
      .join('\n'),
    list('Warnings', seen.warnings),
    list('New SSH host keys, never seen before', seen.newHostKeys),
    list(
      'Already on the node, byte for byte',
      seen.already.map(({ node, path }) => `${node}: ${path}`),
    ),
    list(
      'Space',
      seen.space.map(
        ({ node, mountpoint, needed, available }) =>
          `${node} ${mountpoint}: needs ${bytesInWords(needed)}, ${bytesInWords(available)} free`,
      ),
    ),
    list('Checked', seen.findings),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
