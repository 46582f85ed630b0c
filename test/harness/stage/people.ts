import { becomesTrue } from '../../../sandbox/processes/poll.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import type { SeenChange } from '../../../sandbox/seen/changes.ts';

const LIMIT_MS = 120_000;

/** What alice and bob do in Slack, and what they see of the newest change. */
export interface People {
  newest(): Promise<SeenChange | undefined>;
  /** Waits until the newest change is in this state; throws with its own words. */
  until(state: string): Promise<void>;
  /** Alice types a command; waits for the plan. */
  request(words: string): Promise<void>;
  /** Bob clicks Approve. */
  approve(): Promise<void>;
}

export function peopleOf({ slack, changes }: Pick<Sandbox, 'slack' | 'changes'>): People {
  const { signal } = new AbortController();
  const newest = async () => {
    const seen = await changes.read();
    return (seen.are === 'seen' ? seen.changes : seen.last).at(-1);
  };
  const until = async (state: string) => {
    if (await becomesTrue(async () => (await newest())?.state === state, LIMIT_MS, signal)) return;
    throw new Error(`Not ${state} within ${LIMIT_MS / 1000} s: ${JSON.stringify(await newest())}`);
  };
  return {
    newest,
    until,
    async request(words) {
      await slack.command('alice', `/registry-ha ${words}`);
      await until('planned');
    },
    async approve() {
      // The card follows the record.
      const isClicked = () =>
        slack.click('bob', 'Approve').then(
          () => true,
          () => false,
        );
      if (!(await becomesTrue(isClicked, LIMIT_MS, signal))) throw new Error('No card has the button Approve.');
    },
  };
}
