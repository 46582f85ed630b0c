import { actsOf } from '../../../harness/judges/deeds.ts';
import { NotMet } from '../../../harness/stage/not-met.ts';
import { type ChaosStage, hasEnded, TARGET } from '../../stage/chaos-stage.ts';
import { pressCancel, requestNext } from '../../stage/operator.ts';
import { whileFrozen } from '../../stage/while-frozen.ts';
import { interrupted } from '../acts.ts';
import type { Disturbance, End } from '../disturbance.ts';
import { redisAway } from '../redis.ts';
import { stepOfSecond } from '../undo.ts';
import { hasManifest, leftByDrill, untilAway, untilBack, untilSwitched } from './registry-back.ts';

type Strike = (stage: ChaosStage) => Promise<void>;

const DRILL = '/registry-ha drill node-2';
const AWAY_MS = 4_000;
const STOP_LIMIT_MS = 6_000;
/** The kubelet needs so many seconds more, so that the registry stays away for a while. */
const SLOW_KUBELET = '600';

/** The registry of a done add is drilled, and something dies meanwhile: in every case the bootstrap’s registry comes back. */
export function drillDisturbances(): readonly Disturbance[] {
  return [...killed(), ...goneWorkers(), ...others(), ...faults(), ...people()];
}

/** The worker dies at every point of the drill. Before the outage it continues; in the outage the drill has failed. */
function killed(): readonly Disturbance[] {
  const failed = (name: string, moment: Strike) =>
    drilled(`drill-worker-killed-${name}`, (stage) => killedAt(stage, moment), ['failed']);
  return [
    drilled('drill-worker-killed-in-serves', (stage) => killedAt(stage, begun('serves'))),
    drilled('drill-worker-killed-in-arm', (stage) => killedAt(stage, begun('arm'))),
    drilled('drill-worker-killed-when-it-is-armed', (stage) => killedAt(stage, ran('# Arms the switch'))),
    failed('as-the-outage-begins', begun('outage')),
    failed('while-away', untilAway),
    failed('after-the-pull', ran('crictl pull')),
    failed('when-the-manifest-is-back', restored),
    drilled('drill-worker-killed-when-the-outage-is-over', (stage) => killedAt(stage, doneStep('outage'))),
    drilled('drill-worker-killed-twice-while-away', killedTwice, ['failed']),
  ];
}

/** Nobody is there to put it back but the node. */
function goneWorkers(): readonly Disturbance[] {
  return [
    drilled('drill-worker-gone-and-the-switch-elapses', switched, ['failed']),
    drilled('drill-worker-gone-and-the-node-reboots', rebooted, ['failed']),
    drilled('drill-worker-frozen-until-the-switch-elapses', frozen, ['failed']),
    drilled('drill-worker-stopped-while-away', stopped, ['failed']),
    drilled('drill-worker-back-without-redis', withoutRedis, ['failed']),
    drilled('drill-worker-back-without-salt', withoutSalt, ['failed']),
  ];
}

function others(): readonly Disturbance[] {
  const away = (forMs: number) => async (stage: ChaosStage) => {
    await untilAway(stage);
    await redisAway(stage, forMs);
  };
  return [
    drilled('drill-redis-killed-while-away', away(0)),
    drilled('drill-redis-gone-for-a-while', away(AWAY_MS)),
    drilled('drill-bot-killed-while-away', botKilled),
    drilled('drill-bot-away-until-it-is-done', async (stage) => {
      await untilAway(stage);
      await stage.kill('bot');
      await stage.moment('the end of the drill', hasEnded);
      await stage.start('bot');
    }),
    drilled('drill-worker-and-bot-killed-while-away', bothKilled, ['failed']),
    drilled('drill-slack-429-storm', during('slack-429', '2')),
    drilled('drill-slack-5xx-storm', during('slack-5xx')),
  ];
}

function faults(): readonly Disturbance[] {
  return [
    drilled('drill-ssh-refused-on-the-target', during('ssh-refused', TARGET)),
    drilled('drill-kubernetes-away', during('kube-down')),
    drilled('drill-salt-master-away', during('salt-master-down')),
    drilled('drill-minion-of-the-bootstrap-away', during('minion-down', 'bootstrap')),
    drilled('drill-engine-cannot-pull', untilTheEnd('engine-dead', 'node-1'), ['failed']),
    drilled('drill-minion-of-the-puller-gone', untilTheEnd('minion-down', 'node-1'), ['failed']),
    drilled('drill-kubelet-is-slow', async (stage) => {
      await stage.plant('kubelet-slow', SLOW_KUBELET);
      await untilAway(stage);
      await stage.pause(AWAY_MS);
      await stage.clear('kubelet-slow');
    }),
    drilled('drill-cannot-arm', planted('switch-fails'), ['failed']),
    drilled('drill-salt-writes-a-newer-manifest', newerManifest, ['failed']),
  ];
}

function people(): readonly Disturbance[] {
  return [
    drilled('drill-cancelled-while-away-and-requested-again', cancelledAway, ['cancelled', 'done']),
    // The cancel is in the record or it is not; the registry is back in both cases.
    drilled('drill-cancelled-while-away-and-the-worker-is-killed', cancelledAndKilled, ['failed']),
  ];
}

type Ends = Extract<End, { readonly state: 'followed' }>['then'];

function drilled(name: string, strike: Strike, then: Ends = ['done']): Disturbance {
  return {
    name,
    end: { state: 'followed', then, left: leftByDrill },
    after: async (stage) => void (await Promise.all([requestNext(stage, DRILL), strike(stage)])),
  };
}

const begun =
  (kind: string): Strike =>
  (stage) =>
    stepOfSecond(kind, stage);

const doneStep =
  (kind: string): Strike =>
  (stage) =>
    stage.moment(`${kind} is done`, (events) =>
      events.some((event) => event.type === 'step-done' && event.step.startsWith(kind)),
    );

/** Waits for a command of the drill that contains this text. */
const ran =
  (text: string): Strike =>
  (stage) =>
    stage.quickly(`the command ${text}`, () =>
      actsOf(stage.sandbox.cluster.world).some(({ line }) => line.includes(text)),
    );

async function restored(stage: ChaosStage): Promise<void> {
  await untilAway(stage);
  await stage.quickly('the manifest is back', () => hasManifest(stage));
}

/** The registry stays away until the caller clears `kubelet-slow`. */
async function slowlyAway(stage: ChaosStage): Promise<void> {
  await stage.plant('kubelet-slow', SLOW_KUBELET);
  await untilAway(stage);
  await stage.clear('kubelet-slow');
}

/** Kills the worker at this moment; its next start puts the registry back. */
async function killedAt(stage: ChaosStage, moment: Strike): Promise<void> {
  await moment(stage);
  await stage.kill('worker');
  const from = performance.now();
  await stage.start('worker');
  await untilBack(stage, from);
}

async function killedTwice(stage: ChaosStage): Promise<void> {
  await slowlyAway(stage);
  await stage.kill('worker');
  await stage.start('worker');
  await killedAt(stage, async () => undefined);
}

async function switched(stage: ChaosStage): Promise<void> {
  await untilAway(stage);
  await stage.kill('worker');
  await untilSwitched(stage);
  await stage.start('worker');
}

async function rebooted(stage: ChaosStage): Promise<void> {
  await untilAway(stage);
  await stage.kill('worker');
  await stage.sandbox.cluster.operate('reboot', ['bootstrap']);
  if (!hasManifest(stage)) throw new NotMet('The manifest is not back after the boot.');
  await stage.start('worker');
}

/** SIGSTOP: the switch elapses while the worker believes that it has just taken the registry away. */
async function frozen(stage: ChaosStage): Promise<void> {
  await untilAway(stage);
  interrupted(stage);
  await whileFrozen(stage, () => stage.sandbox.cluster.operate('timer', ['elapse', 'bootstrap']));
}

async function stopped(stage: ChaosStage): Promise<void> {
  await slowlyAway(stage);
  interrupted(stage);
  await stage.sandbox.services.worker.stop(STOP_LIMIT_MS);
  const from = performance.now();
  await stage.start('worker');
  await untilBack(stage, from);
}

async function withoutRedis(stage: ChaosStage): Promise<void> {
  await slowlyAway(stage);
  await Promise.all([stage.kill('redis'), stage.kill('worker')]);
  const from = performance.now();
  await stage.start('worker');
  await untilBack(stage, from);
  await stage.start('redis');
}

async function withoutSalt(stage: ChaosStage): Promise<void> {
  await slowlyAway(stage);
  await stage.plant('salt-master-down');
  await stage.kill('worker');
  // It is not ready before the registry is back.
  await stage.sandbox.services.worker.start(stage.signal, false);
  await stage.pause(AWAY_MS);
  await stage.clear('salt-master-down');
  await untilBack(stage);
}

async function botKilled(stage: ChaosStage): Promise<void> {
  await untilAway(stage);
  await stage.kill('bot');
  await stage.start('bot');
}

async function bothKilled(stage: ChaosStage): Promise<void> {
  await slowlyAway(stage);
  await Promise.all([stage.kill('worker'), stage.kill('bot')]);
  const from = performance.now();
  await Promise.all([stage.start('worker'), stage.start('bot')]);
  await untilBack(stage, from);
}

/** The fault comes while the registry is away, and goes after some seconds. */
const during =
  (fault: string, ...args: readonly string[]): Strike =>
  async (stage) => {
    await slowlyAway(stage);
    interrupted(stage);
    await stage.plant(fault, ...args);
    await stage.pause(AWAY_MS);
    await stage.clear(fault);
  };

/** The fault comes while the registry is away, and stays until the drill has ended. */
const untilTheEnd =
  (fault: string, ...args: readonly string[]): Strike =>
  async (stage) => {
    await slowlyAway(stage);
    interrupted(stage);
    await stage.plant(fault, ...args);
    await stage.moment('the end of the drill', hasEnded);
    await stage.clear(fault);
  };

const planted =
  (fault: string): Strike =>
  async (stage) => {
    await begun('serves')(stage);
    await stage.plant(fault);
    await stage.moment('the end of the drill', hasEnded);
    await stage.clear(fault);
  };

async function newerManifest(stage: ChaosStage): Promise<void> {
  await stage.plant('kubelet-slow', SLOW_KUBELET);
  await untilAway(stage);
  interrupted(stage);
  await stage.sandbox.cluster.operate('iso-manager', ['add', '129.0.0']);
  await stage.clear('kubelet-slow');
}

/** The pod stays away until the worker is dead, so that neither the drill nor its cancel ends before. */
async function cancelledAndKilled(stage: ChaosStage): Promise<void> {
  await stage.plant('kubelet-slow', SLOW_KUBELET);
  await untilAway(stage);
  await stage.until('a Cancel button', () => pressCancel(stage));
  await stage.kill('worker');
  await stage.clear('kubelet-slow');
  const from = performance.now();
  await stage.start('worker');
  await untilBack(stage, from);
}

async function cancelledAway(stage: ChaosStage): Promise<void> {
  await stage.plant('kubelet-slow', SLOW_KUBELET);
  await untilAway(stage);
  await stage.until('a Cancel button', () => pressCancel(stage));
  await stage.moment('a safe point', (events) => events.at(-1)?.type === 'cancelled');
  await stage.clear('kubelet-slow');
  await requestNext(stage, DRILL);
}
