import type { Room } from '../text/fit.ts';

/** How much detail a card shows. */
export interface Detail {
  /** Limits of each list of facts; `all` shows every line. */
  readonly list: Room | 'all';
  /** Lines for further steps of a kind; `all` shows each step with its commands. */
  readonly steps: 'all' | number;
  /** Characters of each step's commands. */
  readonly commands: number;
  /** What one line of the running plan represents. */
  readonly task: 'step' | 'node' | 'kind';
}

/** From full detail to the least that allows a decision. The first one that fits is used. */
export const DETAILS: readonly Detail[] = [
  { list: { lines: 40, characters: 2500 }, steps: 'all', commands: 3000, task: 'step' },
  { list: { lines: 20, characters: 1500 }, steps: 12, commands: 1200, task: 'step' },
  { list: { lines: 20, characters: 1200 }, steps: 6, commands: 800, task: 'node' },
  { list: { lines: 8, characters: 700 }, steps: 1, commands: 1000, task: 'kind' },
  { list: { lines: 6, characters: 600 }, steps: 0, commands: 900, task: 'kind' },
  { list: { lines: 2, characters: 250 }, steps: 0, commands: 200, task: 'kind' },
];
