import type { Change } from '../../change/change.ts';
import { planFileText } from '../../plan/plan-file.ts';
import { list } from '../../plan/plan-text.ts';
import { bytesInWords, count, secondsInWords, utc } from '../../text/format.ts';
import { PLAIN } from '../../text/markup.ts';
import { printable } from '../../text/printable.ts';
import { verbPlug } from '../../verbs/verbs.ts';
import type { PlanShown } from '../question.ts';
import { NO_CHANGE } from './dry-run.ts';

/** A plan as a text file. */
export interface PlanFile {
  readonly name: string;
  readonly text: string;
}

/** The whole plan of a change for a file; null without a plan. */
export function planFile(change: Change): PlanFile | null {
  const { id, plan, requester, requestedAt, planExpires } = change;
  if (plan === undefined) return null;
  const until = planExpires === undefined ? '' : ` It can be approved until ${utc(planExpires)}.`;
  const asked = `Requested by ${requester.name} (${requester.id}) at ${utc(requestedAt)}.`;
  return fileOf(id, { ...change, plan }, `${asked} Planned at ${utc(plan.seen.at)}.${until}`);
}

/** The whole plan of a change that nobody has requested, for a file. */
export function dryRunFile(shown: PlanShown): PlanFile {
  const at = utc(shown.plan.seen.at);
  return fileOf(NO_CHANGE, shown, `Dry run of ${at}. This plan belongs to no change, and nobody can approve it.`);
}

function fileOf(id: string, shown: PlanShown, origin: string): PlanFile {
  const name = `plan-${id}.txt`;
  const title = printable(`Plan of ${id}: ${verbPlug(shown.intent.verb).words.aim(shown)}`);
  return { name, text: planFileText(title, seenText(shown, origin, name), shown.plan.approved) };
}

/** What the card says besides: it was true when the plan was made, and may change. */
function seenText(shown: PlanShown, origin: string, name: string): string {
  const { intent, plan } = shown;
  const { seen } = plan;
  const { from, to } = seen.estimate;
  const summary = verbPlug(intent.verb).words.summary(shown, plan, PLAIN);
  return [
    [
      origin,
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
