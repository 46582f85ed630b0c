import { isOfTheCluster, notConfirmed, PlainFailure } from '../../../domain/answers/failure.ts';
import type { Proof } from '../../../domain/change/change.ts';
import { sameSet } from '../../../domain/cluster/registry.ts';
import { listed, secondsInWords } from '../../../domain/text/format.ts';
import { lookPatiently, putManifestBack, removeSwitch } from '../../world/drill-switch.ts';
import { type Acted, RUNS_ALONE, type StepPlug } from '../../world/step-plug.ts';
import { type Finding, type StepWorld, satisfied, unsatisfied } from '../../world/step-world.ts';
import { waitUntilSatisfied } from '../../world/wait.ts';
import { armSwitch, isArmed } from './arm.ts';
import { whileAway } from './away.ts';
import { type OutageStep, outageStep } from './outage-step.ts';
import { allServe } from './serves.ts';

const EVERY_MS = 1_000;
/** A pod is probed every ten seconds, then the Endpoints controller runs; five minutes are generous. */
const READY_LIMITS = { limitMs: 300_000, everyMs: EVERY_MS };
const CONFIRM_LIMITS = { limitMs: 60_000, everyMs: EVERY_MS };
/** Beyond the end of the switch, which then has put the manifest back. */
const AFTER_THE_SWITCH_MS = 60_000;
/** A worker that stops is killed soon. Its next start puts the manifest back, or the switch does. */
const STOPPING_MS = 1_000;

/**
 * Takes the bootstrap's registry away, pulls through another one, and puts it back, whatever happens meanwhile. All of this is one
 * step: between the moves it writes to no journal and no Redis, so that neither can keep the registry away.
 */
export const outage: StepPlug<OutageStep> = {
  schema: outageStep,
  title: () => 'Drill: pull without the bootstrap’s registry',
  seconds: () => ({ from: 30, to: 180 }),
  ...RUNS_ALONE,
  check: doneBefore,
  act,
  confirm: (step, world, signal) =>
    waitUntilSatisfied((until) => isOver(step, world, until), CONFIRM_LIMITS, world, signal),
};

/** Nobody approved a second outage: after an interruption, what was done counts. */
async function doneBefore(step: OutageStep, world: StepWorld, signal: AbortSignal): Promise<Finding<Proof>> {
  const { drilled } = world;
  if (drilled === undefined) return unsatisfied('The drill has not been done.');
  const over = await waitUntilSatisfied((until) => isOver(step, world, until), CONFIRM_LIMITS, world, signal);
  if (over.is === 'satisfied') return over.proof === undefined ? over : { ...over, proof: { ...over.proof, drilled } };
  throw notConfirmed(step.node, over.says, 'Fix the cause, then request the drill again.');
}

async function act(step: OutageStep, world: StepWorld, signal: AbortSignal): Promise<Acted> {
  await stillArmed(step, world, signal);
  const through = await registriesLeft(step, world, signal);
  if (through.length === 0)
    throw notConfirmed(
      step.engine,
      'Its container engine cannot be read. Nothing was taken away.',
      'Check `crictl info`.',
    );
  world.throwIfCancelled();
  const from = world.clock.steadyMs();
  const end = await whileAway(step, through, world, signal).then(
    () => null,
    (error: unknown) => ({ error }),
  );
  await back(step, world, signal);
  const awaySeconds = Math.round((world.clock.steadyMs() - from) / 1000);
  if (end !== null) throw saying(end.error, step, awaySeconds);
  const { image, engine } = step;
  const note = `away for ${secondsInWords(awaySeconds)}; ${engine} pulled ${image} through ${listed(through.slice(0, 1))}`;
  return { note, drilled: { awaySeconds, image, engine, through: [...through] } };
}

/** Arms again if a pause since the step before has used up its time. */
async function stillArmed(step: OutageStep, world: StepWorld, signal: AbortSignal): Promise<void> {
  if ((await isArmed(step, world, signal)).is === 'satisfied') return;
  await armSwitch(step, step.commands[0], world, signal);
  const armed = await isArmed(step, world, signal);
  if (armed.is === 'satisfied') return;
  throw notConfirmed(step.node, `${armed.says} Nothing was taken away.`, 'Check `systemctl list-timers` there.');
}

/** The registries that the engine asks without the bootstrap's, in its order. */
async function registriesLeft(
  { engine, registries }: OutageStep,
  { salt }: StepWorld,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const [seen] = await salt.engines([engine], signal);
  const urls = seen?.is === 'known' ? seen.endpoints : [];
  return urls.flatMap((url) =>
    registries.filter(({ address }) => url.includes(`//${address}:`)).map(({ node }) => node),
  );
}

/** Puts the registry back and waits until every registry is Ready. A cancel does not end it, and a stop of the worker not its first part. */
async function back(step: OutageStep, world: StepWorld, signal: AbortSignal): Promise<void> {
  const { clock, salt } = world;
  const onWait = (note: string) => world.onProgress({ done: 0, total: 0, unit: 'wait', note });
  const tools = { clock, salt, onWait };
  onWait(`The registry of ${step.node} is being put back.`);
  const limitMs = signal.aborted ? STOPPING_MS : step.switchSeconds * 1000 + AFTER_THE_SWITCH_MS;
  await putManifestBack(step, tools, limitMs, new AbortController().signal);
  signal.throwIfAborted();
  const toItsEnd = { ...world, cancelled: new AbortController().signal, throwIfCancelled: () => undefined };
  const found = await waitUntilSatisfied((until) => areReady(step, world, until), READY_LIMITS, toItsEnd, signal);
  await removeSwitch(step, tools, limitMs, signal);
  if (found.is === 'satisfied') return;
  const next = `Check \`kubectl -n kube-system describe pod repositories-${step.node}\`.`;
  throw notConfirmed(step.node, `Its manifest is back, but ${lowered(found.says)}`, next);
}

const lowered = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1);

async function areReady({ addresses }: OutageStep, world: StepWorld, signal: AbortSignal): Promise<Finding> {
  const { ready } = await world.kubernetes.endpoints(signal);
  if (sameSet(ready, addresses)) return satisfied();
  return unsatisfied(`The Endpoints list ${listed([...ready].sort()) || 'nothing'} instead of ${listed(addresses)}.`);
}

/** The failure, with what became of the registry. A cancel stays a cancel. */
function saying(error: unknown, { node }: OutageStep, awaySeconds: number): unknown {
  if (!isOfTheCluster(error)) return error;
  const { kind: _, what, ...report } = error.report();
  const away = `The registry of ${node} is back. It was away for at most ${secondsInWords(awaySeconds)}.`;
  return new PlainFailure('not-confirmed', { ...report, what: `${what} ${away}` }, { cause: error });
}

/** Everything is as before: every registry is Ready and serves, every engine lists them, and no switch is left. */
async function isOver(step: OutageStep, world: StepWorld, signal: AbortSignal): Promise<Finding<Proof>> {
  const { node, bootstrapAddress, archives, engines } = step;
  const seen = await lookPatiently(node, world, signal);
  if (seen.hasUnits || seen.aside.length > 0) return unsatisfied(`Something of the drill is left on ${node}.`);
  const ready = await areReady(step, world, signal);
  if (ready.is !== 'satisfied') return ready;
  const served = await allServe(step, [{ node, address: bootstrapAddress }], world, signal);
  if (served.is !== 'satisfied') return served;
  const images = archives.reduce((sum, archive) => sum + archive.images, 0);
  const counts = { archives: archives.length, engines: engines.length, engineTotal: engines.length, blobs: 0 };
  return { is: 'satisfied', proof: { served: images, expected: images, ...counts } };
}
