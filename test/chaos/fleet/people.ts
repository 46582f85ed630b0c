import { setTimeout as pause } from 'node:timers/promises';
import { PEOPLE } from '../../../sandbox/people.ts';
import { becomesTrue } from '../../../sandbox/processes/poll.ts';
import type { SeenChange } from '../../../sandbox/seen/changes.ts';
import { buttonsFor } from '../../../sandbox/slack/people/buttons.ts';
import { isOver } from '../stage/operator.ts';
import type { Fleet, Member } from './start-fleet.ts';

/** The requests to each cluster, all at once; the last one overlaps with others. */
const WISHES = [['node-2'], ['node-1'], ['node-3'], ['node-1', 'node-3']] as const;
/** Slack allows one message a second in a channel. */
const BETWEEN_COMMANDS_MS = 1_100;
const POLL_MS = 300;
/** People repeat an action without a visible result after this time. */
const PATIENCE_MS = 12_000;
const END_LIMIT_MS = 300_000;
/** Requests that were refused because of another change are repeated. */
const ROUNDS = 4;

/** Alice requests everything in every cluster; bob approves each plan; alice repeats requests for nodes that are still missing. */
export async function fleetPeople(fleet: Fleet, signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  const approving = approveAll(fleet, AbortSignal.any([signal, done.signal]));
  try {
    await Promise.race([askedForAll(fleet, signal), approving]);
  } finally {
    done.abort();
    await approving.catch(() => undefined);
  }
}

async function askedForAll(fleet: Fleet, signal: AbortSignal): Promise<void> {
  for (const nodes of WISHES) for (const member of fleet.members) await ask(nodes, member, fleet, signal);
  await allOver(fleet, signal);
  for (let round = 0; round < ROUNDS; round += 1) {
    const lacking = fleet.members.map((member) => ({ member, nodes: nodesWithout(member) }));
    for (const { member, nodes } of lacking) if (nodes.length > 0) await ask(nodes, member, fleet, signal);
    await allOver(fleet, signal);
  }
}

async function allOver({ members }: Fleet, signal: AbortSignal): Promise<void> {
  const isSo = async () => (await Promise.all(members.map(changesOf))).flat().every(isOver);
  if (!(await becomesTrue(isSo, END_LIMIT_MS, signal)))
    throw new Error(`Some changes did not end within ${END_LIMIT_MS / 1000} s.`);
}

/** The nodes without a registry. */
function nodesWithout({ cluster: { world } }: Member): readonly string[] {
  return [...world.nodes.values()].filter(({ registry }) => registry === null).map(({ name }) => name);
}

/** Types the command until there is a new change. */
async function ask(nodes: readonly string[], member: Member, { slack }: Fleet, signal: AbortSignal): Promise<void> {
  const before = (await changesOf(member)).length;
  let againAt = 0;
  const isAsked = async () => {
    if ((await changesOf(member)).length > before) return true;
    if (performance.now() < againAt) return false;
    againAt = performance.now() + PATIENCE_MS;
    // Slack reports an error while the bot is away; then the person tries again.
    await slack.command('alice', `/registry-ha add ${nodes.join(' ')} --cluster ${member.name}`).catch(() => {
      againAt = performance.now() + POLL_MS;
    });
    return false;
  };
  if (!(await becomesTrue(isAsked, END_LIMIT_MS, signal))) throw new Error(`${member.name} accepted no change.`);
  await pause(BETWEEN_COMMANDS_MS, undefined, { signal });
}

/** Bob clicks Approve on every card that has the button, until the signal is aborted. */
async function approveAll(fleet: Fleet, signal: AbortSignal): Promise<void> {
  const nextAt = new Map<string, number>();
  while (!signal.aborted) {
    for (const id of await waitingForBob(fleet)) {
      if (performance.now() < (nextAt.get(id) ?? 0)) continue;
      nextAt.set(id, performance.now() + ((await approve(id, fleet)) ? PATIENCE_MS : POLL_MS));
    }
    await pause(POLL_MS, undefined, { signal });
  }
}

async function waitingForBob({ members }: Fleet): Promise<readonly string[]> {
  const all = (await Promise.all(members.map(changesOf))).flat();
  return all.filter(({ state }) => state === 'planned').map(({ id }) => id);
}

/** Clicks the button of this change; false if it does not exist yet, or the bot does not answer. */
async function approve(id: string, { slack }: Fleet): Promise<boolean> {
  const [, bob] = PEOPLE;
  const button = buttonsFor(bob, slack.messages()).find(
    ({ label, element }) => label === 'Approve' && JSON.stringify(element).includes(id),
  );
  if (button === undefined) return false;
  try {
    await slack.clickAction(bob.id, button.message.ts, button.blockId, button.actionId);
    return true;
  } catch {
    // The bot is away, or the card has just changed: the next check shows which.
    return false;
  }
}

/** The changes of a cluster, from its record. */
export async function changesOf({ changes }: Member): Promise<readonly SeenChange[]> {
  const seen = await changes.read();
  return seen.are === 'seen' ? seen.changes : seen.last;
}
