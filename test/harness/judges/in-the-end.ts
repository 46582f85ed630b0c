import { becomesTrue } from '../../../sandbox/processes/poll.ts';

/** A thread follows its card within the limits of Slack. */
const FOLLOWS_MS = 60_000;

/** The complaints that stay. */
export async function inTheEnd(judge: () => readonly string[]): Promise<readonly string[]> {
  await becomesTrue(() => judge().length === 0, FOLLOWS_MS, new AbortController().signal);
  return judge();
}
