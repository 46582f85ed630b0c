import { z } from 'zod';
import { intentSchema } from '../domain/plan/intent.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { schemaOf } from '../domain/text/shape.ts';
import { stepSchema } from './step-schema.ts';

const text = z.string();
const texts = z.array(text);

const archive = z.strictObject({
  id: text,
  kind: z.enum(['metalk8s', 'solution']),
  version: text,
  path: text,
  size: z.number(),
  sha256: text,
  images: z.number(),
});

const hostKey = z.strictObject({ host: text, port: z.number(), algorithm: text, key: text, fingerprint: text });

const access = z.strictObject({
  node: text,
  host: text,
  port: z.number(),
  user: text,
  keyPath: text,
  sudo: z.boolean(),
});

const approved = z.strictObject({
  change: text,
  intent: intentSchema,
  version: text,
  saltenv: text,
  archives: z.array(archive),
  hostKeys: z.array(z.strictObject({ node: text, key: hostKey })),
  access: z.array(access),
  steps: z.array(stepSchema),
  sideEffects: texts,
});

const seen = z.strictObject({
  at: text,
  findings: texts,
  warnings: texts,
  already: z.array(z.strictObject({ node: text, path: text })),
  space: z.array(z.strictObject({ node: text, mountpoint: text, needed: z.number(), available: z.number() })),
  newHostKeys: texts,
  estimate: z.strictObject({ from: z.number(), to: z.number() }),
});

/** A plan, as it stands in records. */
export const planSchema = schemaOf<Plan>()(z.strictObject({ v: z.literal(1), approved, seen }));
