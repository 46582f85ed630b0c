import { z } from 'zod';
import { plannedCommand } from '../node-commands/command.ts';
import type { Data } from '../text/shape.ts';

const text = z.string();

/** A step's id: it is a key of a change's steps, so it can never be `__proto__`. */
export const stepIdSchema = text.regex(/^[a-z]/, 'A step’s id starts with a small letter');

/** What every step has. */
const shared = {
  /** Unique in the plan and the same in each inspection, for example `copy:node-2:metalk8s-128.0.1`. */
  id: stepIdSchema,
  /** One line for people. */
  says: text,
  /** Every command that may change something, in order, as it will run. Empty for steps that only look. */
  commands: z.array(plannedCommand),
};

type Shape = z.core.$ZodLooseShape;

/** The schema of a kind of step that works on one node. */
export const stepOnNode = <K extends string, S extends Shape>(kind: K, shape: S) =>
  z.strictObject({ ...shared, kind: z.literal(kind), node: text, ...shape });

/** The schema of a kind of step that works on several nodes at once. */
export const stepOnNodes = <K extends string, S extends Shape>(kind: K, shape: S) =>
  z.strictObject({ ...shared, kind: z.literal(kind), nodes: z.array(text), ...shape });

/** The schema of a kind of step that changes nothing on any node. */
export const lookingStep = <K extends string, S extends Shape>(kind: K, shape: S) =>
  z.strictObject({ ...shared, kind: z.literal(kind), ...shape });

/** What a step of any kind has. */
export type StepShared = Data<ReturnType<typeof lookingStep<string, Record<never, never>>>>;

/** The nodes that a step works on; none for a step that only looks at all of them. */
export function nodesOf(step: StepShared & { readonly node?: string; readonly nodes?: readonly string[] }) {
  return step.node === undefined ? (step.nodes ?? []) : [step.node];
}

/** An archive as a copy step needs it. */
export const copiedArchive = z.strictObject({ id: text, path: text, size: z.number(), sha256: text });
export type CopiedArchive = Data<typeof copiedArchive>;

/** An archive's ISO and the place it is mounted at. */
export const mountedArchive = z.strictObject({ id: text, path: text, mountpoint: text });
export type MountedArchive = Data<typeof mountedArchive>;

/** An archive whose images a proof asks for, and how many they are. */
export const provenArchive = z.strictObject({ id: text, sha256: text, images: z.number() });

/** A node's registry and its address. */
export const registryAt = z.strictObject({ node: text, address: text });
