import { z } from 'zod';
import { nodeAccess, nodeKey } from '../cluster/facts.ts';
import { machineIds } from '../cluster/machine.ts';
import type { Data } from '../text/shape.ts';
import { type Intent, intentSchema } from './intent.ts';
import type { Step } from './step.ts';

const text = z.string();
const texts = z.array(text);

/** An archive as the card shows it. */
const plannedArchive = z.strictObject({
  id: text,
  kind: z.enum(['metalk8s', 'solution']),
  version: text,
  path: text,
  size: z.number(),
  sha256: text,
  images: z.number(),
});
export type PlannedArchive = Data<typeof plannedArchive>;

const approvedPart = (step: z.ZodType<Step>) =>
  z.strictObject({
    change: text,
    intent: intentSchema,
    version: text,
    saltenv: text,
    archives: z.array(plannedArchive),
    /** Approving the plan pins those seen for the first time. */
    hostKeys: z.array(nodeKey),
    /** How each node is reached that the plan works on: user, key, address. */
    access: z.array(nodeAccess),
    /** The machine that was seen there; plans of older versions lack it. */
    machines: z.array(z.strictObject({ node: text, machine: machineIds })).exactOptional(),
    steps: z.array(step),
    sideEffects: texts,
  });
export type ApprovedPart = Data<ReturnType<typeof approvedPart>>;

const seenPart = z.strictObject({
  at: text,
  /** What the version guard found, in sentences. */
  findings: texts,
  warnings: texts,
  /** Files that are on a target already, byte for byte. */
  already: z.array(z.strictObject({ node: text, path: text })),
  /** Bytes that copies need on one file system of a target. */
  space: z.array(z.strictObject({ node: text, mountpoint: text, needed: z.number(), available: z.number() })),
  /** Nodes whose SSH host key is seen for the first time. */
  newHostKeys: texts,
  /** Seconds, a range. */
  estimate: z.strictObject({ from: z.number(), to: z.number() }),
});
export type SeenPart = Data<typeof seenPart>;

/**
 * A plan is data: shown, digested, approved, run. `approved` is the part that the digest covers and that a later look must find
 * again; `seen` is what was true at that moment and may change without harm. The schema of a step comes in, because its kinds are
 * not part of the domain.
 */
export const planSchemaWith = (step: z.ZodType<Step>) =>
  z.strictObject({ v: z.literal(1), approved: approvedPart(step), seen: seenPart });
export type Plan = Data<ReturnType<typeof planSchemaWith>>;

/** The nodes of a change: those that its plan names, else those of the request. */
export const namedNodes = ({ intent, plan }: { readonly intent: Intent; readonly plan?: Plan }): readonly string[] =>
  plan?.approved.intent.nodes ?? intent.nodes;

type OfNodes = Parameters<typeof namedNodes>[0];

/** True if both changes name one of the same nodes, so that one makes the plan of the other out of date. */
export const shareNode = (one: OfNodes, other: OfNodes): boolean =>
  namedNodes(one).some((node) => namedNodes(other).includes(node));

/** A plan before it is known how long its steps may take: all that a planner decides. */
export interface UntimedPlan extends Omit<Plan, 'seen'> {
  readonly seen: Omit<SeenPart, 'estimate'>;
}
