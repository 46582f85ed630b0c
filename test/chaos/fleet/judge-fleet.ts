import { becomesTrue } from '../../../sandbox/processes/poll.ts';
import type { SlackMessage } from '../../../sandbox/slack/local-slack.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import { judgeCommands } from '../../harness/judges/commands.ts';
import { type Act, actsOf, type EngineJob, engineJobs, stepsIn } from '../../harness/judges/deeds.ts';
import { judgeJournal, judgeRecord } from '../judges/record.ts';
import { judgeCards } from '../judges/slack.ts';
import type { Interruptions } from './fleet-faults.ts';
import { changesOf } from './people.ts';
import type { Fleet, Member } from './start-fleet.ts';
import { isWithin, overlaps, windowOf } from './windows.ts';

/** Slack allows 40 edits a minute, and there are more cards than that. */
const SHOWN_LIMIT_MS = 120_000;
/** The number in the scenario's name. */
const LEAST = 20;
const ENDS: ReadonlySet<string> = new Set(['done', 'refused']);

/** Complaints about clusters, changes and cards. */
export async function judgeFleet(
  fleet: Fleet,
  interruptions: Interruptions,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { members, slack } = fleet;
  const areShown = async () => (await Promise.all(members.map(({ changes }) => changes.areShown()))).every(Boolean);
  const shown = await becomesTrue(areShown, SHOWN_LIMIT_MS, signal);
  const found = await Promise.all(
    members.map(async (member) => {
      const complaints = await judgeMember(member, fleet, interruptions.get(member) ?? 0);
      return complaints.map((complaint) => `${member.name}: ${complaint}`);
    }),
  );
  const count = (await Promise.all(members.map(changesOf))).flat().length;
  return [
    ...(shown ? [] : [`cards are still outdated after ${SHOWN_LIMIT_MS / 1000} s`]),
    ...found.flat(),
    ...cardsOf(slack.messages(), count),
  ];
}

async function judgeMember(member: Member, { redisUrl }: Fleet, repeats: number): Promise<readonly string[]> {
  const { journal, cluster, name } = member;
  const changes = await changesOf(member);
  const complaints = [...(await judgeJournal(journal.path))];
  for (const { id, state, says } of changes) {
    const events = eventsOf(id, member);
    complaints.push(
      ...(ENDS.has(state) ? [] : [`${id} is ${state}: ${says}`]),
      ...(await judgeRecord(redisUrl, name, id, events)),
      ...judgeCommands({ ...deedsWithin(events, member), events, steps: stepsIn(events), repeats }).map(
        (complaint) => `${id}: ${complaint}`,
      ),
    );
  }
  const windows = changes.map(({ id }) => windowOf(eventsOf(id, member)));
  const unclaimed = actsOf(cluster.world).filter(({ at }) => !windows.some((window) => isWithin(at, window)));
  const times = overlaps(windows);
  if (times > 0) complaints.push(`a change began during another one ${times} times`);
  complaints.push(...unclaimed.map(({ on, line }) => `${on}: ran outside any change: ${line}`));
  for (const [node, { registry, served, expected, engineEndpoints }] of Object.entries(await cluster.report())) {
    const isWhole = registry === 'ready' && served === expected && engineEndpoints.length === cluster.world.nodes.size;
    if (!isWhole)
      complaints.push(`${node}: ${registry}, ${served}/${expected} images, ${engineEndpoints.length} endpoints`);
  }
  return complaints;
}

const eventsOf = (id: string, { journal }: Member): readonly ChangeEvent[] =>
  journal
    .changeLines()
    .filter(({ change }) => change === id)
    .map(({ event }) => event);

/** What ran during this change: a cluster runs one change at a time. */
function deedsWithin(
  events: readonly ChangeEvent[],
  { cluster: { world } }: Member,
): { readonly acts: readonly Act[]; readonly jobs: readonly EngineJob[] } {
  const window = windowOf(events);
  return {
    acts: actsOf(world).filter(({ at }) => isWithin(at, window)),
    jobs: engineJobs(world).filter(({ at }) => isWithin(at, window)),
  };
}

function cardsOf(messages: readonly SlackMessage[], count: number): readonly string[] {
  const { cards, complaints } = judgeCards(messages);
  return [
    ...complaints,
    ...(cards === count ? [] : [`there are ${cards} cards for ${count} changes`]),
    ...(count < LEAST ? [`only ${count} changes were requested`] : []),
  ];
}
