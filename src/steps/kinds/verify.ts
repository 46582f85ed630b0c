import { z } from 'zod';
import type { Proof } from '../../domain/change/change.ts';
import type { ImagesProof } from '../../domain/cluster/registry.ts';
import { lookingStep, provenArchive, registryAt } from '../../domain/plan/step-shared.ts';
import { bytesInWords, listed } from '../../domain/text/format.ts';
import type { Data } from '../../domain/text/shape.ts';
import { areListed, exactly, nodesNow } from '../world/engines-listed.ts';
import { proveImages } from '../world/prove-images.ts';
import { changedArchives } from '../world/served-images.ts';
import { ONLY_READS, type StepPlug } from '../world/step-plug.ts';
import { type Finding, type StepWorld, unsatisfied } from '../world/step-world.ts';

const schema = lookingStep('verify', {
  registries: z.array(registryAt),
  bootstrapAddress: z.string(),
  archives: z.array(provenArchive),
  engines: z.array(z.string()),
  addresses: z.array(z.string()),
});

type VerifyStep = Data<typeof schema>;

/** The proof: every manifest equals the bootstrap's, every blob has its SHA-256, and every engine lists exactly the endpoints. */
export const verify: StepPlug<VerifyStep> = {
  schema,
  title: () => 'Verify the result',
  seconds: ({ registries }) => ({ from: 10, to: 30 + 120 * (registries.length - 1) }),
  ...ONLY_READS,
  check: async () => unsatisfied('The proof is repeated every time.'),
  act: async () => undefined,
  async confirm(step, world, signal) {
    const changed = changedArchives(step.archives, world);
    if (changed !== null) return unsatisfied(changed);
    const images = await proveImages(comparedIn(step, world), signal);
    if (images.is === 'different') return unsatisfied(images.says, images.node);
    const now = await nodesNow(step.engines, world, signal);
    if (typeof now === 'string') return unsatisfied(now);
    const engines = await areListed(now.nodes, exactly(step.addresses), world, signal);
    return engines.is === 'satisfied' ? proven(step, images, now) : engines;
  },
};

const comparedIn = ({ bootstrapAddress, registries }: VerifyStep, world: StepWorld) => ({
  ...world,
  source: bootstrapAddress,
  copies: registries.filter(({ address }) => address !== bootstrapAddress),
});

function proven(
  step: VerifyStep,
  { images, blobs, bytes }: Extract<ImagesProof, { readonly is: 'same' }>,
  { nodes, added }: { readonly nodes: readonly string[]; readonly added: readonly string[] },
): Finding<Proof> {
  const engines = nodes.length;
  const proof: Proof = {
    served: images,
    expected: step.archives.reduce((sum, archive) => sum + archive.images, 0),
    archives: step.archives.length,
    engines,
    engineTotal: engines,
    blobs,
    bytes,
    ...(added.length === 0 ? {} : { newNodes: added }),
  };
  const hashed = `every layer hashed (${bytesInWords(bytes)})`;
  const note = `served ${proof.served}/${proof.expected} images, ${hashed}; ${engines}/${engines} engines${added.length === 0 ? '' : `, also of ${listed(added)}, new since the plan`}`;
  return { is: 'satisfied', note, proof };
}
