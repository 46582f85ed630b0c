import type { ServiceName } from '../../../sandbox/processes/services.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import type { StepKind } from '../../../src/domain/plan/step.ts';
import { engineJobs } from '../../harness/judges/deeds.ts';
import { type ChaosStage, hasEnded } from '../stage/chaos-stage.ts';
import type { Disturbance } from './disturbance.ts';

const DONE = { state: 'done' } as const;
/** A state run of 40 s takes 6 s: longer than a worker's restart. */
const LONG_PACE = 0.15;
const LATER_MS = 300;

/** Kills the worker after each line of an undisturbed run, and in the middle of each step. */
export function workerKills(undisturbed: readonly ChangeEvent[]): readonly Disturbance[] {
  const afterLines = undisturbed.map(
    (event, at): Disturbance => ({
      name: `worker-killed-after-line-${twoDigits(at + 1)}-${nameOf(event)}`,
      end: DONE,
      strike: async (stage) => {
        await stage.line(at + 1);
        await killWorker(stage);
      },
    }),
  );
  return [...afterLines, ...stepsOf(undisturbed).map((step) => killInStep(step, middleOf(step, undisturbed)))];
}

/** Kills the bot at each published transition, and during a click. */
export function botKills(undisturbed: readonly ChangeEvent[]): readonly Disturbance[] {
  const lines = undisturbed.flatMap((event, at) => (isPublished(event) ? [{ event, line: at + 1 }] : []));
  return [
    killBot('bot-killed-when-the-card-is-posted', (stage) =>
      stage.until('a card whose place is recorded', async () => (await stage.cardState()).isPosted),
    ),
    cardLost(),
    ...lines.map(({ event, line }) =>
      killBot(`bot-killed-after-line-${twoDigits(line)}-${nameOf(event)}`, (stage) => stage.line(line)),
    ),
  ];
}

/** Kills worker and bot at the same time, in each kind of step. */
export function bothKilled(undisturbed: readonly ChangeEvent[]): readonly Disturbance[] {
  return firstOfEachKind(undisturbed).map(
    (step): Disturbance => ({
      name: `worker-and-bot-killed-in-${step}`,
      end: DONE,
      strike: async (stage) => {
        await stage.stepNamed(step);
        await stage.pause(middleOf(step, undisturbed));
        const from = performance.now();
        await Promise.all([stage.kill('worker'), stage.kill('bot')]);
        await Promise.all([stage.start('worker'), stage.start('bot')]);
        await stage.measureNextLine('worker killed → next act', from);
      },
    }),
  );
}

/** Kills the worker and restarts it, as systemd does; measures the time until its next act. */
export async function killWorker(stage: ChaosStage): Promise<void> {
  const from = performance.now();
  await stage.kill('worker');
  const isWaitedFor = hasEnded(stage.journal.events()) || stage.journal.events().at(-1)?.type === 'planned';
  await stage.start('worker');
  if (!isWaitedFor) await stage.measureNextLine('worker killed → next act', from);
}

/** Kills the worker during a run on the cluster. The run is still in progress when the next worker starts, and must not be repeated. */
export function killsOfLongRuns(): readonly Disturbance[] {
  const beforeJid = async (stage: ChaosStage): Promise<void> => {
    await stage.step('engines');
    const { world } = stage.sandbox.cluster;
    await stage.quickly('a job for the engines', () => engineJobs(world).length > 0);
    await killWorker(stage);
  };
  const inLong = (step: StepKind): Disturbance => ({
    name: `worker-killed-in-a-long-${step}`,
    end: DONE,
    pace: LONG_PACE,
    strike: async (stage) => {
      await stage.step(step);
      const { world } = stage.sandbox.cluster;
      const isRunning = () => [...world.nodes.values()].some(({ minion }) => minion.running !== null);
      await stage.quickly(`a Salt run of ${step}`, isRunning);
      await stage.pause(LATER_MS);
      await killWorker(stage);
    },
  });
  return [
    { name: 'worker-killed-before-the-jid-is-written', end: DONE, strike: beforeJid },
    { name: 'worker-killed-before-the-jid-of-a-long-job-is-written', end: DONE, pace: LONG_PACE, strike: beforeJid },
    ...(['mount', 'deploy', 'engines'] as const).map(inLong),
  ];
}

function killInStep(step: string, afterMs: number): Disturbance {
  return {
    name: `worker-killed-in-${step}`,
    end: DONE,
    strike: async (stage) => {
      await stage.stepNamed(step);
      await stage.pause(afterMs);
      await killWorker(stage);
    },
  };
}

function killBot(name: string, moment: (stage: ChaosStage) => Promise<void>): Disturbance {
  return {
    name,
    end: DONE,
    strike: async (stage) => {
      await moment(stage);
      await restarted(stage, 'bot');
    },
  };
}

/** Kills the bot after Slack accepts the card and before the bot records its place: a second card is posted, and the change continues. */
function cardLost(): Disturbance {
  return {
    name: 'bot-killed-before-it-noted-the-card',
    end: DONE,
    lostCards: 1,
    before: (stage) => stage.plant('slack-timeout', 'chat.postMessage', 'after'),
    strike: async (stage) => {
      const { slack } = stage.sandbox;
      await stage.until('a card', () => slack.messages().some(({ author }) => author.isBot));
      await stage.kill('bot');
      await stage.clear('slack-timeout');
      await stage.start('bot');
    },
  };
}

/** Kills and restarts the service; measures how long cards lag behind after the bot is back. */
async function restarted(stage: ChaosStage, service: ServiceName): Promise<void> {
  await stage.kill(service);
  await stage.start(service);
  await measureCards(stage);
}

/** Measures the time until the card shows at least what the record had when the bot came back. */
export async function measureCards(stage: ChaosStage): Promise<void> {
  const from = performance.now();
  const { revision } = await stage.cardState();
  await stage.until('an up-to-date card', async () => (await stage.cardState()).drawn >= revision);
  stage.noteRecovery('bot back → card current', from);
}

const nameOf = (event: ChangeEvent): string => ('step' in event ? `${event.type}-${event.step}` : event.type);
const twoDigits = (n: number): string => String(n).padStart(2, '0');
const isPublished = ({ type }: ChangeEvent): boolean =>
  ['planned', 'approved', 'started', 'step-done', 'done'].includes(type);

export const stepsOf = (events: readonly ChangeEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'step-started' ? [event.step] : []));

/** `copy:node-2:…` represents all copies. */
export function firstOfEachKind(events: readonly ChangeEvent[]): readonly string[] {
  const kinds = Map.groupBy(stepsOf(events), (step) => step.split(':')[0]);
  return [...kinds.values()].flatMap(([first]) => first ?? []);
}

/** Milliseconds from the start of a step to its middle, in an undisturbed run. */
export function middleOf(step: string, events: readonly ChangeEvent[]): number {
  const done = events.find((event) => event.type === 'step-done' && event.step === step);
  return done?.type === 'step-done' ? done.seconds * 500 : 0;
}
