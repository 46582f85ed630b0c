import { z } from 'zod';
import { Unreachable } from '../../domain/answers/failure.ts';
import type { Proof } from '../../domain/change/change.ts';
import { type Image, imageName } from '../../domain/cluster/archive.ts';
import { endpointUrl, type ServedManifest, sameSet } from '../../domain/cluster/registry.ts';
import { lookingStep, provenArchive, registryAt } from '../../domain/plan/step-shared.ts';
import { listed } from '../../domain/text/format.ts';
import type { Data } from '../../domain/text/shape.ts';
import { changedArchives, inParallel } from '../world/served-images.ts';
import { RUNS_ALONE, type StepPlug } from '../world/step-plug.ts';
import { type Finding, type StepWorld, unsatisfied } from '../world/step-world.ts';

const schema = lookingStep('verify', {
  registries: z.array(registryAt),
  bootstrapAddress: z.string(),
  archives: z.array(provenArchive),
  engines: z.array(z.string()),
  addresses: z.array(z.string()),
});

type VerifyStep = Data<typeof schema>;

/** The proof: every manifest equals the bootstrap's, every blob exists with its size, and every engine lists exactly the endpoints. */
export const verify: StepPlug<VerifyStep> = {
  schema,
  title: () => 'Verify the result',
  seconds: () => ({ from: 5, to: 30 }),
  ...RUNS_ALONE,
  check: async () => unsatisfied('The proof is repeated every time.'),
  act: async () => undefined,
  async confirm(step, world, signal) {
    const changed = changedArchives(step.archives, world);
    if (changed !== null) return unsatisfied(changed);
    const images = await prove(step, world, signal);
    if (typeof images === 'string') return unsatisfied(images);
    return await provenEngines(step, world, images, signal);
  },
};

interface ProvenImages {
  readonly served: number;
  readonly blobs: number;
}

/** Compares the images of every other registry with those of the bootstrap's; a sentence for the first difference. */
async function prove(step: VerifyStep, world: StepWorld, signal: AbortSignal): Promise<ProvenImages | string> {
  const images = world.archives.flatMap((archive) => archive.images);
  const copies = step.registries.filter(({ address }) => address !== step.bootstrapAddress);
  let served = 0;
  let blobs = 0;
  for (const copy of copies) {
    const wrong = await inParallel(images, async (image) => {
      const answer = await proveImage(image, step.bootstrapAddress, copy.address, world, signal);
      if (typeof answer === 'string') return [`${imageName(image)} ${answer}`];
      served += 1;
      blobs += answer;
      world.onProgress({ done: served, total: images.length * copies.length, unit: 'images' });
      return [];
    });
    const all = wrong.flat();
    if (all.length > 0)
      return `On ${copy.node}, ${all[0]}${all.length > 1 ? `, and ${all.length - 1} more images fail` : ''}.`;
  }
  return { served: copies.length === 0 ? 0 : served / copies.length, blobs };
}

async function proveImage(
  image: Image,
  source: string,
  copy: string,
  world: StepWorld,
  signal: AbortSignal,
): Promise<number | string> {
  const original = await manifestAt(source, image, world, signal);
  if (typeof original === 'string') return `${original} on the bootstrap node`;
  const copied = await manifestAt(copy, image, world, signal);
  if (typeof copied === 'string') return copied;
  if (copied.sha256 !== original.sha256) return 'has a different manifest than on the bootstrap node';
  for (const { digest, size } of original.blobs) {
    const found = await world.registries.blobSize(copy, image, digest, signal);
    if (found === null) return `lacks the blob ${digest.slice(0, 19)}`;
    if (found !== size) return `has the blob ${digest.slice(0, 19)} with ${found} instead of ${size} bytes`;
  }
  return original.blobs.length;
}

async function manifestAt(
  address: string,
  image: Image,
  world: StepWorld,
  signal: AbortSignal,
): Promise<ServedManifest | string> {
  try {
    return (await world.registries.manifest(address, image, signal)) ?? 'is not served (404)';
  } catch (error) {
    if (error instanceof Unreachable) return `could not be requested: ${error.says}`;
    throw error;
  }
}

async function provenEngines(
  step: VerifyStep,
  world: StepWorld,
  images: ProvenImages,
  signal: AbortSignal,
): Promise<Finding<Proof>> {
  const wanted = step.addresses.map(endpointUrl);
  const found = await world.salt.engines(step.engines, signal);
  const right = found
    .filter((engine) => engine.is === 'known' && sameSet(engine.endpoints, wanted))
    .map(({ node }) => node);
  const wrong = step.engines.filter((node) => !right.includes(node));
  if (wrong.length > 0)
    return unsatisfied(`The container engine of ${listed(wrong)} does not list exactly ${listed(wanted)}.`);
  const expected = step.archives.reduce((sum, archive) => sum + archive.images, 0);
  const proof: Proof = {
    served: images.served,
    expected,
    archives: step.archives.length,
    engines: right.length,
    engineTotal: step.engines.length,
    blobs: images.blobs,
  };
  return {
    is: 'satisfied',
    note: `served ${proof.served}/${expected} images, ${proof.engines}/${proof.engineTotal} engines`,
    proof,
  };
}
