import { z } from 'zod';
import type { Step } from '../domain/plan/step.ts';

const text = z.string();
const texts = z.array(text);
const command = z.strictObject({ program: text, args: texts });
const mounted = z.strictObject({ id: text, path: text, mountpoint: text });

/** A step's id: it is a key of a change's steps, so it can never be `__proto__`. */
export const stepIdSchema = z.string().regex(/^[a-z]/, 'A step’s id starts with a small letter');

const shared = {
  id: stepIdSchema,
  says: text,
  commands: z.array(z.strictObject({ on: text, command })),
};

const copied = z.strictObject({ id: text, path: text, size: z.number(), sha256: text });

const copy = z.strictObject({
  ...shared,
  kind: z.literal('copy'),
  node: text,
  archive: copied,
  part: text,
  seed: copied.exactOptional(),
});

const verify = z.strictObject({
  ...shared,
  kind: z.literal('verify'),
  registries: z.array(z.strictObject({ node: text, address: text })),
  bootstrapAddress: text,
  archives: z.array(z.strictObject({ id: text, sha256: text, images: z.number() })),
  engines: texts,
  addresses: texts,
});

const undo = [
  z.strictObject({ ...shared, kind: z.literal('withdraw'), node: text, manifest: text, kept: text }),
  z.strictObject({
    ...shared,
    kind: z.literal('unmount'),
    node: text,
    archive: mounted,
    takesMount: z.boolean(),
    takesFstab: z.boolean(),
  }),
  z.strictObject({ ...shared, kind: z.literal('unconfigure'), node: text, files: texts }),
  z.strictObject({
    ...shared,
    kind: z.literal('remove-copy'),
    node: text,
    archive: copied,
    part: text,
    takesArchive: z.boolean(),
  }),
  z.strictObject({
    ...shared,
    kind: z.literal('prove-undone'),
    gone: z.array(z.strictObject({ node: text, address: text })),
    bootstrapAddress: text,
    archives: z.array(z.strictObject({ id: text, sha256: text, images: z.number() })),
    engines: texts,
  }),
] as const;

/** One step of a plan, as it stands in records. */
export const stepSchema: z.ZodType<Step> = z.discriminatedUnion('kind', [
  copy,
  z.strictObject({ ...shared, kind: z.literal('mount'), node: text, archives: z.array(mounted) }),
  z.strictObject({ ...shared, kind: z.literal('solutions'), node: text, archives: z.array(mounted) }),
  z.strictObject({ ...shared, kind: z.literal('other-version'), node: text, saltenv: text }),
  z.strictObject({ ...shared, kind: z.literal('deploy'), node: text, version: text, carries: texts }),
  z.strictObject({ ...shared, kind: z.literal('ready'), node: text, addresses: texts }),
  z.strictObject({ ...shared, kind: z.literal('engines'), nodes: texts, addresses: texts }),
  verify,
  ...undo,
]);
