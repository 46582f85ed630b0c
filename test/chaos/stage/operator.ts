import { PEOPLE } from '../../../sandbox/people.ts';
import type { SeenChange } from '../../../sandbox/seen/changes.ts';
import { buttonsFor } from '../../../sandbox/slack/people/buttons.ts';
import type { Disturbance } from '../disturbances/disturbance.ts';
import type { ChaosStage } from './chaos-stage.ts';

const ENDED: ReadonlySet<string> = new Set(['refused', 'denied', 'expired', 'failed', 'done', 'cancelled']);
/** People repeat an action without a visible result after this time. */
const PATIENCE_MS = 12_000;
const ADD = '/registry-ha add node-2';
const END_LIMIT_MS = 400_000;

/** Whether the change has ended, by its record. */
export const isOver = (change: SeenChange | undefined): boolean => change !== undefined && ENDED.has(change.state);

/** Alice requests and bob approves, both repeatedly until it takes effect; then waits for the end. */
export async function operate(stage: ChaosStage, { planned, request = ADD }: Disturbance): Promise<void> {
  const ask = () => tried(stage.sandbox.slack.command('alice', request));
  await insist(stage, 'a change', async () => (await stage.change()) !== undefined, ask);
  await untilTheEnd(stage, planned);
}

/** What disturbs the undo. */
export interface UndoHooks {
  /** Runs before alice clicks Undo. */
  readonly asked?: (stage: ChaosStage) => Promise<void>;
  /** Runs while the undo's plan waits for a decision. */
  readonly planned?: (stage: ChaosStage) => Promise<void>;
}

/** Undoes a failed change: alice clicks Undo, bob approves the plan. */
export async function undoChange(stage: ChaosStage, { asked, planned }: UndoHooks): Promise<void> {
  await asked?.(stage);
  const isAsked = async () => (await stage.change())?.verb === 'undo';
  await insist(stage, 'an undo', isAsked, () => press(stage, 'alice', 'Undo'));
  await untilTheEnd(stage, planned);
}

/** Another change after the first: alice types the command, bob approves the plan. */
export async function requestNext(stage: ChaosStage, command: string): Promise<void> {
  const before = (await stage.change())?.id;
  const isAsked = async () => (await stage.change())?.id !== before;
  await insist(stage, 'another change', isAsked, () => tried(stage.sandbox.slack.command('alice', command)));
  await untilTheEnd(stage, undefined);
}

/** Waits for the plan, has it approved if there is one, and waits for the end. */
async function untilTheEnd(stage: ChaosStage, planned: Disturbance['planned']): Promise<void> {
  await stage.until('a plan', async () => {
    const change = await stage.change();
    return change?.isPlanned === true || isOver(change);
  });
  if (isOver(await stage.change())) return;
  await planned?.(stage);
  await approve(stage);
  await stage.until('an end', async () => isOver(await stage.change()), END_LIMIT_MS);
}

/** Bob clicks Approve until the record shows it. */
async function approve(stage: ChaosStage): Promise<void> {
  const isDecided = async () => {
    const change = await stage.change();
    return change?.isApproved === true || isOver(change);
  };
  await insist(stage, 'an approval', isDecided, () => press(stage, 'bob', 'Approve'));
}

/** Clicks a button once it exists; false if Slack reports an error, as while the bot is away. */
export async function press({ sandbox }: ChaosStage, person: string, label: string): Promise<boolean> {
  return await tried(sandbox.slack.click(person, label));
}

/** Alice cancels the newest change. Until its card has the button, the card of the change before may still have one. */
export async function pressCancel(stage: ChaosStage): Promise<boolean> {
  const id = (await stage.change())?.id;
  const [alice] = PEOPLE;
  const newest = buttonsFor(alice, stage.sandbox.slack.messages()).find(({ label }) => label === 'Cancel');
  if (id === undefined || newest?.message.text.includes(id) !== true) return false;
  return await press(stage, alice.name, 'Cancel');
}

/** Slack reports an error if there is no bot or no such button; then the person tries again. */
async function tried(act: Promise<void>): Promise<boolean> {
  try {
    await act;
    return true;
  } catch {
    return false;
  }
}

async function insist(
  stage: ChaosStage,
  what: string,
  isSo: () => Promise<boolean>,
  act: (stage: ChaosStage) => Promise<boolean>,
): Promise<void> {
  let nextAt = 0;
  await stage.until(what, async () => {
    if (await isSo()) return true;
    if (performance.now() < nextAt) return false;
    nextAt = performance.now() + ((await act(stage)) ? PATIENCE_MS : 300);
    return false;
  });
}
