import { CLUSTER } from '../../../sandbox/people.ts';
import { becomesTrue } from '../../../sandbox/processes/poll.ts';
import type { SlackMessage } from '../../../sandbox/slack/local-slack.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import { judgeJournal, judgeRecord } from '../judges/record.ts';
import { judgeCards } from '../judges/slack.ts';
import type { ChaosStage } from '../stage/chaos-stage.ts';
import type { Deed, Deeds } from './deeds.ts';
import type { Away, Ending } from './rolling.ts';

const SHOWN_LIMIT_MS = 120_000;
/** docs/operation.md, “After a bot died”: a card that was being posted is posted anew, and the first one stays so. */
const ABANDONED = /Inspecting the cluster…$/;
/** What a change may have once only: one approval is enough in the sandbox's policy. */
const ONCE: readonly ChangeEvent['type'][] = ['requested', 'planned', 'approved', 'started', 'cancelled', 'done'];

/** Complaints about clicks without effect, changes with a doubled decision, doubled cards, and the record. */
export async function judgeReplicas(
  stage: ChaosStage,
  deeds: Deeds,
  how: Ending,
  away: readonly Away[],
): Promise<readonly string[]> {
  const { sandbox, signal } = stage;
  const shown = await becomesTrue(() => sandbox.changes.areShown(), SHOWN_LIMIT_MS, signal);
  const changes = await deeds.changes();
  const asked = deeds.all.filter(({ what, end }) => what.startsWith('/') && end === 'effect').length;
  const found = await Promise.all(changes.map(({ id }) => judgeChange(id, deeds, stage)));
  return [
    ...(shown ? [] : [`cards are still outdated after ${SHOWN_LIMIT_MS / 1000} s`]),
    ...lostDeeds(deeds.all, how, away),
    ...(changes.length === asked ? [] : [`${asked} commands had an effect, but there are ${changes.length} changes`]),
    ...found.flat(),
    ...doubledCards(
      sandbox.slack.messages(),
      changes.map(({ id }) => id),
      how === 'SIGKILL' ? away.length : 0,
    ),
    ...(await judgeJournal(stage.journal.path)),
  ];
}

/** A killed bot may have acknowledged a click that it had not yet carried out; the button is still there, and works. */
export function lostDeeds(deeds: readonly Deed[], how: Ending, away: readonly Away[]): readonly string[] {
  const lost = deeds.filter(({ end }) => end === 'nothing');
  const isExcused = ({ from, to }: Deed) => how === 'SIGKILL' && away.some((one) => one.from <= to && one.to >= from);
  return lost.filter((one) => !isExcused(one)).map(({ what }) => `acknowledged, and then nothing: ${what}`);
}

async function judgeChange(id: string, deeds: Deeds, { redisUrl, journal }: ChaosStage): Promise<readonly string[]> {
  const written = journal
    .changeLines()
    .filter(({ change }) => change === id)
    .map(({ event }) => event);
  const types = (await deeds.eventsOf(id)).map(({ type }) => type);
  const twice = ONCE.filter((type) => types.filter((one) => one === type).length > 1);
  return [
    ...twice.map((type) => `${id} was ${type} more than once`),
    ...(await judgeRecord(redisUrl, CLUSTER, id, written)).map((complaint) => `${id}: ${complaint}`),
  ];
}

/** Each change has one card; each kill may leave one that was being posted, and repeat a reply. */
export function doubledCards(
  messages: readonly SlackMessage[],
  ids: readonly string[],
  kills: number,
): readonly string[] {
  const isCard = ({ author, threadTs, ephemeralFor, broadcast }: SlackMessage) =>
    author.isBot && threadTs === undefined && ephemeralFor === undefined && broadcast !== true;
  const all = messages.filter(isCard);
  const abandoned = all.filter(({ text }) => ABANDONED.test(text));
  const kept = messages.filter((message) => !abandoned.includes(message));
  const { complaints } = judgeCards(kept);
  const repeated = complaints.filter((one) => one.startsWith('said '));
  const counts = ids.map((id) => [id, kept.filter((one) => isCard(one) && one.text.includes(id)).length] as const);
  return [
    ...(abandoned.length <= kills ? [] : [`${abandoned.length} cards were left while they were posted`]),
    ...complaints.filter((one) => !repeated.includes(one)),
    ...(repeated.length <= kills ? [] : repeated),
    ...counts.filter(([, count]) => count !== 1).map(([id, count]) => `${id} has ${count} cards`),
  ];
}
