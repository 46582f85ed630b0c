import { SlackRefused } from '../api/slack-refused.ts';
import { fullPlan } from '../plan/full-plan.ts';
import { brokenText } from './answer-words.ts';
import type { SurfaceOptions } from './answers.ts';
import { type Respond, say } from './respond.ts';

/** A click on Full plan. */
export interface PlanClick {
  readonly change: string;
  /** The digest on the card. */
  readonly digest: string;
  readonly trigger: string | undefined;
}

const OLDER = 'This card shows an older plan. Use the newest card of this change.';
const LATE = 'Slack accepts a window for three seconds only, and this one came too late. Click the button again.';

/** Shows the plan of the record to the person who clicked, if it is the one on the card. */
export async function showPlan(click: PlanClick, respond: Respond, options: SurfaceOptions): Promise<void> {
  const trouble = await tryToShow(click, options);
  if (trouble !== null) await say({ to: 'asker', text: trouble }, respond, options.log);
}

async function tryToShow({ change: id, digest, trigger }: PlanClick, options: SurfaceOptions): Promise<string | null> {
  const { planned, slack, log } = options;
  try {
    const change = await planned(id);
    const view = change === null || change.digest !== digest ? null : fullPlan(change);
    if (view === null || trigger === undefined) return OLDER;
    await slack.open(trigger, view);
    return null;
  } catch (err) {
    log.warn({ err, change: id }, 'A plan could not be shown');
    return err instanceof SlackRefused ? LATE : brokenText(err);
  }
}
