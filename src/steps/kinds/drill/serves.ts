import { z } from 'zod';
import { lookingStep, provenArchive, registryAt } from '../../../domain/plan/step-shared.ts';
import { count, listed } from '../../../domain/text/format.ts';
import type { Data } from '../../../domain/text/shape.ts';
import { areListed, exactly } from '../../world/engines-listed.ts';
import { changedArchives, missingImages } from '../../world/served-images.ts';
import { ONLY_READS, type StepPlug } from '../../world/step-plug.ts';
import { type Finding, type StepWorld, satisfied, unsatisfied } from '../../world/step-world.ts';

const schema = lookingStep('serves', {
  /** The registries beside the bootstrap's. */
  registries: z.array(registryAt),
  archives: z.array(provenArchive),
  engines: z.array(z.string()),
  addresses: z.array(z.string()),
});

type ServesStep = Data<typeof schema>;

/** The short proof before a drill: every other registry has every manifest, and every engine lists exactly the registries. */
export const serves: StepPlug<ServesStep> = {
  schema,
  title: () => 'Prove the other registries',
  seconds: () => ({ from: 5, to: 30 }),
  ...ONLY_READS,
  check: async () => unsatisfied('The proof is repeated every time.'),
  act: async () => undefined,
  confirm: (step, world, signal) => allServe(step, step.registries, world, signal),
};

/** Whether these registries serve every image and every engine lists exactly the planned ones. */
export async function allServe(
  { archives, engines, addresses }: Pick<ServesStep, 'archives' | 'engines' | 'addresses'>,
  registries: ServesStep['registries'],
  world: StepWorld,
  signal: AbortSignal,
): Promise<Finding> {
  const changed = changedArchives(archives, world);
  if (changed !== null) return unsatisfied(changed);
  for (const { node, address } of registries) {
    for (const archive of world.archives) {
      const [missing] = await missingImages(world.registries, address, archive, signal);
      if (missing !== undefined) return unsatisfied(`The registry of ${node} does not serve ${missing}.`, node);
    }
  }
  const list = await areListed(engines, exactly(addresses), world, signal);
  if (list.is !== 'satisfied') return list;
  const images = archives.reduce((sum, archive) => sum + archive.images, 0);
  const names = listed(registries.map(({ node }) => node));
  return satisfied(`${names}: ${count(images, 'manifest')}; ${engines.length}/${engines.length} engines`);
}
