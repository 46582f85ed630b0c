import { z } from 'zod';
import type { Proof } from '../../domain/change/change.ts';
import { endpointUrl } from '../../domain/cluster/registry.ts';
import { lookingStep, provenArchive, registryAt } from '../../domain/plan/step-shared.ts';
import { count, listed } from '../../domain/text/format.ts';
import type { Data } from '../../domain/text/shape.ts';
import { areListed } from '../world/engines-listed.ts';
import { changedArchives, missingImages } from '../world/served-images.ts';
import { RUNS_ALONE, type StepPlug } from '../world/step-plug.ts';
import { type Finding, type StepWorld, unsatisfied } from '../world/step-world.ts';

const schema = lookingStep('prove-undone', {
  /** Registries that the change has removed. */
  gone: z.array(registryAt),
  bootstrapAddress: z.string(),
  /** Registries that stay beside the bootstrap's and must serve every image, too. */
  others: z.array(registryAt).exactOptional(),
  archives: z.array(provenArchive),
  engines: z.array(z.string()),
});

type ProveUndoneStep = Data<typeof schema>;

/** The proof of an undo or removal: Kubernetes and the engines do not list the removed registries, and those that stay serve every image. */
export const proveUndone: StepPlug<ProveUndoneStep> = {
  schema,
  title: () => 'Verify the result',
  seconds: () => ({ from: 5, to: 30 }),
  ...RUNS_ALONE,
  check: async () => unsatisfied('The proof is repeated every time.'),
  act: async () => undefined,
  async confirm(step, world, signal) {
    const wrong =
      (await stillListed(step, world, signal)) ??
      changedArchives(step.archives, world) ??
      (await unserved(step, world, signal));
    return wrong === null ? await provenEngines(step, world, signal) : unsatisfied(wrong);
  },
};

async function stillListed({ gone }: ProveUndoneStep, world: StepWorld, signal: AbortSignal): Promise<string | null> {
  const { ready, notReady } = await world.kubernetes.endpoints(signal);
  const left = gone.filter(({ address }) => [...ready, ...notReady].includes(address));
  return left.length === 0 ? null : `The Endpoints still list the registry of ${listed(left.map(({ node }) => node))}.`;
}

async function unserved(step: ProveUndoneStep, world: StepWorld, signal: AbortSignal): Promise<string | null> {
  const bootstrap = { node: 'the bootstrap node', address: step.bootstrapAddress };
  for (const { node, address } of [bootstrap, ...(step.others ?? [])]) {
    for (const archive of world.archives) {
      const [missing] = await missingImages(world.registries, address, archive, signal);
      if (missing !== undefined) return `The registry of ${node} does not serve ${missing}.`;
    }
  }
  return null;
}

async function provenEngines(step: ProveUndoneStep, world: StepWorld, signal: AbortSignal): Promise<Finding<Proof>> {
  const dead = step.gone.map(({ address }) => endpointUrl(address));
  const bootstrap = endpointUrl(step.bootstrapAddress);
  const wanted = {
    isRight: (urls: readonly string[]) => urls.includes(bootstrap) && !urls.some((url) => dead.includes(url)),
    otherwise: `does not list ${bootstrap}${dead.length === 0 ? '' : `, and not ${listed(dead)}`}`,
  };
  const engines = await areListed(step.engines, wanted, world, signal);
  if (engines.is !== 'satisfied') return engines;
  const images = step.archives.reduce((sum, archive) => sum + archive.images, 0);
  const proof: Proof = {
    served: images,
    expected: images,
    archives: step.archives.length,
    engines: step.engines.length,
    engineTotal: step.engines.length,
    blobs: 0,
  };
  const without = step.gone.length === 0 ? '' : ` without ${listed(step.gone.map(({ node }) => node))}`;
  const serve =
    step.others === undefined ? 'bootstrap serves' : `${count(step.others.length + 1, 'registry', 'registries')} serve`;
  const note = `${serve} ${images}/${images} manifests, ${proof.engines}/${proof.engineTotal} engines${without}`;
  return { is: 'satisfied', note, proof };
}
