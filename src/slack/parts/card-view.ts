import type { Change, ChangeId, Progress } from '../../domain/change/change.ts';
import type { Doubt } from '../../domain/change/record-entry.ts';
import type { WorkerState } from '../../domain/cluster/worker-state.ts';
import type { ActiveHolds } from '../../domain/policy/active-holds.ts';
import type { Room } from '../text/fit.ts';

/** All that a card shows; the same view gives the same card, to the byte. */
export interface CardView {
  readonly change: Change;
  /** Of the steps at work. */
  readonly progress?: readonly Progress[];
  /** Changes that the worker takes before this one. */
  readonly waitsFor: readonly ChangeId[];
  /** Who should carry it out; there, when nothing else is known. */
  readonly worker?: WorkerState;
  readonly now: Date;
  /** Why nobody acts on the record. */
  readonly doubt?: Doubt;
  /** What keeps changes of the cluster from starting; nothing when left out. */
  readonly activeHolds?: ActiveHolds;
}

/** How a change stands: a word or two, and the sentences that belong to it (mrkdwn). */
export interface Status {
  readonly lead: string;
  readonly rest: string;
}

/** `plan` draws the steps as Slack's plan block, `classic` as lines, for workspaces that refuse that block. */
export type CardStyle = 'plan' | 'classic';

/** How much is told, when a change is too large to tell all of it. */
export interface Detail {
  /** For each list of facts. */
  readonly list: Room;
  /** Lines of further steps of a kind, beside the first one; `all` shows each step with its commands. */
  readonly steps: 'all' | number;
  /** Characters of each step's commands. */
  readonly commands: number;
  /** What one line of the running plan stands for. */
  readonly task: 'step' | 'node' | 'kind';
}

/** From everything to the least that can still be decided on; the first one that Slack can take is drawn. */
export const DETAILS: readonly Detail[] = [
  { list: { lines: 40, characters: 2500 }, steps: 'all', commands: 3000, task: 'step' },
  { list: { lines: 20, characters: 1500 }, steps: 12, commands: 1200, task: 'step' },
  { list: { lines: 20, characters: 1200 }, steps: 6, commands: 800, task: 'node' },
  { list: { lines: 8, characters: 700 }, steps: 1, commands: 1000, task: 'kind' },
  { list: { lines: 6, characters: 600 }, steps: 0, commands: 900, task: 'kind' },
  { list: { lines: 2, characters: 250 }, steps: 0, commands: 200, task: 'kind' },
];
