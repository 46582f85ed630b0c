import { CLUSTER } from '../../../sandbox/people.ts';
import type { ScenarioResult } from '../../../sandbox/scenario/result.ts';
import type { SlackMessage } from '../../../sandbox/slack/local-slack.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import { judgeCommands } from '../../harness/judges/commands.ts';
import { actsOf, engineJobs, stepsIn } from '../../harness/judges/deeds.ts';
import { type ChaosStage, TARGET } from '../stage/chaos-stage.ts';
import { allFiles } from '../stage/untouched.ts';
import { judgeLeftovers } from './leftovers.ts';
import { judgeDurations, judgeJournal, judgeRecord } from './record.ts';
import { judgeSlack, judgeUndoneCard } from './slack.ts';

type Ended = ScenarioResult['changes'][number];

/** One of several changes, with what was done and shown while it ran. */
interface Half {
  readonly change: Ended;
  readonly ends: 'failed' | 'done' | 'cancelled';
  readonly events: readonly ChangeEvent[];
  /** Acts between these times belong to this change. */
  readonly from: string;
  readonly to: string;
  readonly repeats: number;
  /** Its card and thread. */
  readonly messages: readonly SlackMessage[];
}

const ALWAYS = '9999';

/**
 * Complaints about a failed add and its undo. Each is judged by its own plan, journal and card; the cluster by its
 * state before the request.
 */
export async function judgeUndo(stage: ChaosStage, result: ScenarioResult): Promise<readonly string[]> {
  const [add, undo] = result.changes;
  const complaints = await judgeChanges(stage, result, ['failed', 'done']);
  if (add === undefined || undo === undefined) return complaints;
  const [cardOfAdd = []] = threads(stage.sandbox.slack.messages());
  return [...complaints, ...judgeUndoneCard(cardOfAdd[0], undo.id), ...(await judgeNodes(stage, result.nodes, add.id))];
}

/** Complaints about changes that ran one after the other, each judged by its own plan, journal and card. */
export async function judgeChanges(
  stage: ChaosStage,
  { changes }: ScenarioResult,
  ends: readonly Half['ends'][],
): Promise<readonly string[]> {
  if (changes.length !== ends.length) return [`there are ${changes.length} changes instead of ${ends.length}`];
  const cards = threads(stage.sandbox.slack.messages());
  const events = changes.map((change) => eventsOf(change, stage));
  const halves = changes.map(
    (change, at): Half => ({
      change,
      ends: ends[at] ?? 'done',
      events: events[at] ?? [],
      from: at === 0 ? '' : (events[at]?.[0]?.at ?? ALWAYS),
      to: events[at + 1]?.[0]?.at ?? ALWAYS,
      // What disturbs comes after the first.
      repeats: at === 0 ? 0 : stage.interruptions,
      messages: cards[at] ?? [],
    }),
  );
  const extra = cards.length - ends.length;
  return [
    ...(await Promise.all(halves.map((half) => judgeHalf(half, stage)))).flat(),
    ...(await judgeJournal(stage.journal.path)),
    ...judgeDurations(stage.journal.events(), stage.seconds()),
    ...(extra <= 0 ? [] : [`there are ${extra} extra cards`]),
  ];
}

async function judgeHalf(half: Half, stage: ChaosStage): Promise<readonly string[]> {
  const { change, ends, events, from, to, repeats, messages } = half;
  const { world } = stage.sandbox.cluster;
  const isItsOwn = ({ at }: { readonly at: string }) => at >= from && at < to;
  const approvals = events.filter(({ type }) => type === 'approved').length;
  const complaints = [
    ...(change.state === ends ? [] : [`it is ${change.state}, not ${ends}: ${change.says}`]),
    ...(approvals === 1 ? [] : [`it was approved ${approvals} times`]),
    ...judgeCommands({
      acts: actsOf(world).filter(isItsOwn),
      jobs: engineJobs(world).filter(isItsOwn),
      events,
      steps: stepsIn(events),
      repeats,
    }),
    ...(await judgeRecord(stage.redisUrl, CLUSTER, change.id, events)),
    ...judgeSlack(messages, { state: ends, wasApproved: true, failures: ends === 'failed' ? 1 : 0 }),
  ];
  return complaints.map((says) => `${change.verb}: ${says}`);
}

const eventsOf = ({ id }: Ended, { journal }: ChaosStage): readonly ChangeEvent[] =>
  journal.changeLines().flatMap(({ change, event }) => (change === id ? [event] : []));

/** Each card with its thread, oldest first. */
function threads(messages: readonly SlackMessage[]): readonly (readonly SlackMessage[])[] {
  const open = messages.filter(({ author, ephemeralFor }) => author.isBot && ephemeralFor === undefined);
  const cards = open.filter(({ threadTs }) => threadTs === undefined);
  return cards.map((card) => [card, ...open.filter(({ threadTs }) => threadTs === card.ts)]);
}

async function judgeNodes(
  { sandbox, untouched }: ChaosStage,
  nodes: ScenarioResult['nodes'],
  undone: string,
): Promise<readonly string[]> {
  if (untouched === null) return ['the cluster’s earlier state was not recorded'];
  return judgeLeftovers({ nodes, files: await allFiles(sandbox.cluster.world) }, untouched, TARGET, undone);
}
