import { CommandFailed, notConfirmed, PlainFailure } from '../../../domain/answers/failure.ts';
import { podStays } from '../../../domain/answers/retry-hint.ts';
import { imageName } from '../../../domain/cluster/archive.ts';
import type { Command } from '../../../domain/node-commands/command.ts';
import { endInWords, hasExited, isOutOfSight } from '../../../domain/node-commands/ended.ts';
import { listed } from '../../../domain/text/format.ts';
import { askPatiently, lookPatiently, sent } from '../../world/drill-switch.ts';
import { type Finding, type StepWorld, satisfied, unsatisfied } from '../../world/step-world.ts';
import { waitingNote, waitUntilSatisfied } from '../../world/wait.ts';
import type { OutageStep } from './outage-step.ts';

/** MetalK8s' own test waits 120 s for the pod to end. */
const GONE_LIMITS = { limitMs: 120_000, everyMs: 1_000 };
/** A command whose answer is lost is sent again. */
const MOST_TRIES = 3;

/** Takes the registry away and pulls through the others. Whatever it throws, the caller puts the registry back. */
export async function whileAway(
  step: OutageStep,
  through: readonly string[],
  world: StepWorld,
  signal: AbortSignal,
): Promise<void> {
  await takeAway(step, world, signal);
  const limits = { ...GONE_LIMITS, note: (left: string) => awayNote(step, left) };
  const gone = await waitUntilSatisfied((until) => isGone(step, world, until), limits, world, signal);
  if (gone.is !== 'satisfied')
    throw notConfirmed(
      step.node,
      `${gone.says} Nothing was pulled.`,
      `${podStays(step.node)} Then request the drill again.`,
    );
  world.throwIfCancelled();
  world.onProgress(waitingNote(awayNote(step, `${step.engine} pulls ${step.image}.`)));
  await pulls(step, through, world, signal);
  if (through[0] !== step.proves) await answers(step, world, signal);
  await stillAway(step, world, signal);
}

/** Throws if the manifest has come back by itself: what is pulled then proves nothing. */
async function stillAway({ node }: OutageStep, world: StepWorld, signal: AbortSignal): Promise<void> {
  const { hasManifest } = await lookPatiently(node, world, signal);
  if (!hasManifest) return;
  const says =
    'Its manifest came back during the drill: the switch elapsed, or Salt wrote it anew. The pull proves nothing.';
  throw notConfirmed(node, says, 'Wait until no Salt state runs, then request the drill again.');
}

const awayNote = ({ node }: OutageStep, what: string): string => `The registry of ${node} is away. ${what}`;

/** A lost command may run late and twice: the second one finds nothing to move. */
async function takeAway(step: OutageStep, world: StepWorld, signal: AbortSignal): Promise<void> {
  const { node, aside } = step;
  const command = commandOf(step, 1);
  for (let tries = 1; ; tries += 1) {
    const failed = await sent(node, command, world.salt, signal);
    const seen = await lookPatiently(node, world, signal);
    if (seen.aside.includes(aside) && !seen.hasManifest) return;
    if (failed === null) throw notConfirmed(node, `Its manifest is not at ${aside}.`, 'Request the drill again.');
    if (failed instanceof CommandFailed) throw failed;
    world.throwIfCancelled();
    if (tries === MOST_TRIES) throw failed;
  }
}

async function isGone(step: OutageStep, world: StepWorld, signal: AbortSignal): Promise<Finding> {
  const { node, bootstrapAddress } = step;
  const { registries, endpoints } = await world.kubernetes.look(signal);
  const hasPod = registries.some((one) => one.node === node);
  if (!hasPod && ![...endpoints.ready, ...endpoints.notReady].includes(bootstrapAddress)) return satisfied();
  const left = hasPod
    ? `The pod repositories-${node} is still there.`
    : `The Endpoints still list ${bootstrapAddress}.`;
  await stillAway(step, world, signal);
  return unsatisfied(left);
}

/** As kubelet would: the engine asks its mirrors in their order. */
async function pulls(
  step: OutageStep,
  through: readonly string[],
  world: StepWorld,
  signal: AbortSignal,
): Promise<void> {
  const { engine, image } = step;
  const command = commandOf(step, 2);
  for (let pull = 1; ; pull += 1) {
    const result = await askPatiently(() => world.salt.run(engine, command, signal), world, signal);
    if (hasExited(result)) return;
    world.throwIfCancelled();
    if (isOutOfSight(result.ended) && pull < MOST_TRIES) continue;
    const says = isOutOfSight(result.ended) ? endInWords(result.ended) : 'failed';
    throw new PlainFailure('not-confirmed', {
      where: engine,
      what: `\`crictl pull\` of ${image} through ${listed(through) || 'no registry'} ${says}.`,
      next: `Check \`crictl info\` on ${engine} and \`/registry-ha verify ${step.proves} --deep\`, then request the drill again.`,
      detail: `${result.stdout}\n${result.stderr}`.trim().slice(-2_000),
    });
  }
}

/** Another registry may have served the pull, so the proven one is asked itself. */
async function answers(
  { proves, registries, image }: OutageStep,
  world: StepWorld,
  signal: AbortSignal,
): Promise<void> {
  const address = registries.find(({ node }) => node === proves)?.address ?? '';
  const wanted = world.archives.flatMap(({ images }) => images).find((one) => imageName(one) === image);
  if (wanted !== undefined && (await world.registries.manifest(address, wanted, signal)) !== null) return;
  throw notConfirmed(proves, `Its registry does not serve ${image}.`, `Complete it: \`/registry-ha sync ${proves}\``);
}

function commandOf({ commands }: OutageStep, at: number): Command {
  const command = commands[at]?.command;
  if (command === undefined) throw notConfirmed('the plan', 'It lacks a command of the drill.', 'Request a new plan.');
  return command;
}
