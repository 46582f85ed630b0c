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

/** One of the two changes, with what was done and shown while it ran. */
interface Half {
  readonly change: Ended;
  readonly ends: 'failed' | 'done';
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
export async function judgeUndo(stage: ChaosStage, { changes, nodes }: ScenarioResult): Promise<readonly string[]> {
  const [add, undo, ...others] = changes;
  if (add === undefined || undo === undefined || others.length > 0)
    return [`there are ${changes.length} changes instead of an add and its undo`];
  const [cardOfAdd = [], cardOfUndo = [], ...more] = threads(stage.sandbox.slack.messages());
  const [ofAdd, ofUndo] = [eventsOf(add, stage), eventsOf(undo, stage)];
  const border = ofUndo[0]?.at ?? ALWAYS;
  const halves: readonly Half[] = [
    { change: add, ends: 'failed', events: ofAdd, from: '', to: border, repeats: 0, messages: cardOfAdd },
    {
      change: undo,
      ends: 'done',
      events: ofUndo,
      from: border,
      to: ALWAYS,
      repeats: stage.interruptions,
      messages: cardOfUndo,
    },
  ];
  return [
    ...(await Promise.all(halves.map((half) => judgeHalf(half, stage)))).flat(),
    ...(await judgeJournal(stage.journal.path)),
    ...judgeDurations(stage.journal.events(), stage.seconds()),
    ...(more.length === 0 ? [] : [`there are ${more.length} extra cards`]),
    ...judgeUndoneCard(cardOfAdd[0], undo.id),
    ...(await judgeNodes(stage, nodes, add.id)),
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
