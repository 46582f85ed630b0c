import { z } from 'zod';
import { provenArchive, registryAt, stepOnNode } from '../../../domain/plan/step-shared.ts';
import type { Data } from '../../../domain/text/shape.ts';

/** A step that takes the bootstrap's registry away for a moment. */
export const outageStep = stepOnNode('outage', {
  aside: z.string(),
  leastSeconds: z.number(),
  switchSeconds: z.number(),
  bootstrapAddress: z.string(),
  /** The node whose registry the drill proves. */
  proves: z.string(),
  /** The registries beside the bootstrap's. */
  registries: z.array(registryAt),
  /** The node whose engine pulls, and the image as `prefix/name:tag`. */
  engine: z.string(),
  image: z.string(),
  archives: z.array(provenArchive),
  engines: z.array(z.string()),
  addresses: z.array(z.string()),
});

export type OutageStep = Data<typeof outageStep>;
