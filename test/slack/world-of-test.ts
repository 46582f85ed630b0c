import { afterEach } from 'vitest';
import { planned } from './card-events.ts';
import { type SlackWorld, slackWorld, type WorldOptions } from './slack-world.ts';

/** The first change of every world. */
export const ID = 'lab-aaaaa1';

/** Opens worlds for the tests of a file; each is closed after its test. */
export function worldsOfTests(): (options?: WorldOptions) => Promise<SlackWorld> {
  const open: SlackWorld[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.close()));
  });
  return async (options) => {
    const fresh = await slackWorld(options);
    open.push(fresh);
    return fresh;
  };
}

/** Acts for the worker: writes a plan for the first change to the record. */
export async function tellPlan({ changes }: SlackWorld): Promise<void> {
  const event = planned();
  if (event.type !== 'planned') throw new Error('planned');
  await changes.append(ID, 1, { ...event, expires: new Date(Date.now() + 600_000).toISOString() });
}
