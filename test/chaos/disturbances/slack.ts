import { type ChaosStage, hasEnded } from '../stage/chaos-stage.ts';
import { interrupted } from './acts.ts';
import type { Disturbance } from './disturbance.ts';
import { measureCards } from './kills.ts';

const DONE = { state: 'done' } as const;
/** Longer than the whole change, so that the fault also covers its end. */
const STORM_MS = 8_000;
const REFRESHES = 12;

/** Slack returns errors, changes its sockets, or revokes the bot. */
export function slackDisturbances(): readonly Disturbance[] {
  return [
    storm('slack-429-storm', 'slack-429', '2'),
    storm('slack-429-storm-on-edits', 'slack-429', 'chat.update', '5'),
    storm('slack-5xx-storm', 'slack-5xx'),
    storm('slack-timeout-on-edits', 'slack-timeout', 'chat.update'),
    storm('slack-timeout-after-edits', 'slack-timeout', 'chat.update', 'after'),
    { name: 'slack-refuses-plan-blocks', end: DONE, before: (stage) => stage.plant('slack-invalid-blocks', 'plan') },
    { name: 'slack-refreshes-sockets-during-clicks', end: DONE, strike: refreshes },
    { name: 'slack-token-revoked-for-a-while', end: DONE, strike: revoked },
    { name: 'approve-pressed-three-times-at-once', end: DONE, planned: pressedThrice },
    { name: 'bot-away-until-the-change-is-done', end: DONE, strike: botAway },
  ];
}

/** From the plan to after the end of the change. */
function storm(name: string, fault: string, ...args: readonly string[]): Disturbance {
  return {
    name,
    end: DONE,
    strike: async (stage) => {
      await stage.moment('an approval', (events) => events.some(({ type }) => type === 'approved'));
      await stage.plant(fault, ...args);
      await stage.pause(STORM_MS);
      await stage.clear(fault);
    },
  };
}

async function refreshes(stage: ChaosStage): Promise<void> {
  await stage.moment('a plan', (events) => events.some(({ type }) => type === 'planned'));
  for (let times = 0; times < REFRESHES; times += 1) {
    await stage.plant('slack-refresh');
    await stage.pause(50 + stage.random() * 300);
  }
}

/** A revoked bot exits. The service manager restarts it, and it exits again until Slack accepts it. */
async function revoked(stage: ChaosStage): Promise<void> {
  await stage.step('mount');
  await stage.plant('slack-revoked');
  await stage.plant('slack-refresh');
  await stage.pause(2_000);
  await stage.clear('slack-revoked');
  if (stage.sandbox.services.bot.pid === undefined) await stage.start('bot');
}

async function pressedThrice({ sandbox }: ChaosStage): Promise<void> {
  await Promise.allSettled([1, 2, 3].map(() => sandbox.slack.click('bob', 'Approve')));
}

async function botAway(stage: ChaosStage): Promise<void> {
  await stage.moment('an approval', (events) => events.some(({ type }) => type === 'started'));
  await stage.kill('bot');
  await stage.moment('the end', hasEnded);
  await stage.start('bot');
  await measureCards(stage);
  interrupted(stage);
}
