import type { Clocked } from '../../../sandbox/clock/clocks.ts';
import type { StepKind } from '../../../src/domain/plan/step.ts';
import type { ChaosStage } from '../stage/chaos-stage.ts';
import { untilClockIsHeard, untilShown } from '../stage/heard-clock.ts';
import type { Disturbance } from './disturbance.ts';

const DONE = { state: 'done' } as const;
const MINUTE_MS = 60_000;
/** Longer than plans and approvals live, and than every timeout. */
const FAR_MS = 180 * MINUTE_MS;
const SOON_MS = 100;
/** Slow enough that a copy is still running; the sandbox's archives are 2 MB each. */
const SLOW = ['node-2', '1000000'] as const;

/** Clocks that are set while a change runs (NTP after a boot, a wrong manual setting), or are wrong from the start. */
export function clockDisturbances(): readonly Disturbance[] {
  return [
    ...(['copy', 'deploy', 'engines'] as const).flatMap((step) => [
      set(`worker-clock-three-hours-ahead-in-${step}`, 'worker', step, FAR_MS),
      set(`worker-clock-three-hours-back-in-${step}`, 'worker', step, -FAR_MS),
    ]),
    set('bot-clock-three-hours-ahead-in-mount', 'bot', 'mount', FAR_MS),
    set('bot-clock-three-hours-back-in-mount', 'bot', 'mount', -FAR_MS),
    ...(['copy', 'engines'] as const).flatMap((step) => [
      setRedis(`redis-clock-three-minutes-back-in-${step}`, step, -3 * MINUTE_MS),
      setRedis(`redis-clock-three-hours-back-in-${step}`, step, -FAR_MS),
      setRedis(`redis-clock-three-hours-ahead-in-${step}`, step, FAR_MS),
    ]),
    ...(['worker', 'bot'] as const).flatMap((service) => [
      setRedis(`${service}-killed-with-the-clock-of-redis-an-hour-back`, 'mount', -60 * MINUTE_MS, service),
      setRedis(`${service}-killed-with-the-clock-of-redis-an-hour-ahead`, 'mount', 60 * MINUTE_MS, service),
    ]),
    wrong('worker-clock-5-minutes-ahead-of-the-bot', 5 * MINUTE_MS, DONE),
    wrong('worker-clock-half-a-minute-behind-the-bot', -MINUTE_MS / 2, DONE),
    {
      name: 'worker-clock-5-minutes-behind-the-bot-until-somebody-reads-it',
      setsClocks: true,
      end: { state: 'done', shows: ['The clock of the worker of lab is', 'min behind'] },
      before: (stage) => toldClock(stage, -5 * MINUTE_MS),
      strike: correctedWhenRead,
    },
    {
      name: 'worker-clock-three-hours-ahead-before-the-approval',
      setsClocks: true,
      end: { state: 'done', shows: ['The clock of the worker of lab is 3 h ahead'] },
      planned: (stage) => toldClock(stage, FAR_MS),
      strike: correctedWhenRead,
    },
    {
      name: 'bot-clock-an-hour-ahead-until-somebody-reads-it',
      setsClocks: true,
      end: { state: 'done', shows: ['The clock of the bot is 1 h ahead'] },
      before: (stage) => stage.setClock('bot', 60 * MINUTE_MS),
      strike: async (stage) => {
        await untilShown(stage, 'The clock of the bot is');
        await stage.setClock('bot', 0);
      },
    },
    {
      name: 'worker-killed-with-its-clock-three-hours-back-in-copy',
      setsClocks: true,
      end: DONE,
      strike: async (stage) => {
        await stage.step('copy');
        await stage.setClock('worker', -FAR_MS);
        await stage.kill('worker');
        await stage.start('worker');
      },
    },
  ];
}

const set = (name: string, whose: Clocked, step: StepKind, offMs: number): Disturbance =>
  early(name, step, (stage) => stage.setClock(whose, offMs));

/** A dead process left leases and times in Redis, which its next start reads by another clock. */
const setRedis = (name: string, step: StepKind, offMs: number, killed?: 'worker' | 'bot'): Disturbance =>
  early(name, step, async (stage) => {
    if (killed !== undefined) await stage.kill(killed);
    await stage.setRedisClock(offMs);
    if (killed !== undefined) await stage.start(killed);
  });

/** Early in a step, which the change must survive. */
function early(name: string, step: StepKind, act: (stage: ChaosStage) => Promise<void>): Disturbance {
  return {
    name,
    setsClocks: true,
    end: DONE,
    strike: async (stage) => {
      if (step === 'copy') await stage.plant('ssh-slow', ...SLOW);
      await stage.step(step);
      await stage.pause(SOON_MS);
      await act(stage);
      if (step === 'copy') await stage.clear('ssh-slow');
    },
  };
}

async function toldClock(stage: ChaosStage, offMs: number): Promise<void> {
  await stage.setClock('worker', offMs);
  await untilClockIsHeard(stage, offMs);
}

async function correctedWhenRead(stage: ChaosStage): Promise<void> {
  await untilShown(stage, 'The clock of the worker of lab is');
  await toldClock(stage, 0);
}

const wrong = (name: string, offMs: number, end: Disturbance['end']): Disturbance => ({
  name,
  setsClocks: true,
  end,
  before: (stage) => stage.setClock('worker', offMs),
});
