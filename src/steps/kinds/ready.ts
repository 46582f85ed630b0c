import { z } from 'zod';
import { sameSet } from '../../domain/cluster/registry.ts';
import { stepOnNode } from '../../domain/plan/step-shared.ts';
import { listed } from '../../domain/text/format.ts';
import type { Data } from '../../domain/text/shape.ts';
import { ONLY_READS, type StepPlug } from '../world/step-plug.ts';
import { type Finding, type StepWorld, satisfied, unsatisfied } from '../world/step-world.ts';
import { waitUntilSatisfied } from '../world/wait.ts';

/** A pod is probed every ten seconds, then the Endpoints controller runs; five minutes are generous. */
const READY_LIMITS = { limitMs: 300_000, everyMs: 1_000 };

const schema = stepOnNode('ready', {
  /** Exactly the addresses that Endpoints must list, sorted. */
  addresses: z.array(z.string()),
});

type ReadyStep = Data<typeof schema>;

/** Waits until the Endpoints list exactly the expected addresses; changes nothing. */
export const ready: StepPlug<ReadyStep> = {
  schema,
  title: (where) => `Wait until the registries on ${where} are Ready`,
  seconds: () => ({ from: 5, to: 30 }),
  ...ONLY_READS,
  check: areListed,
  act: async () => undefined,
  confirm: (step, world, signal) =>
    waitUntilSatisfied((until) => areListed(step, world, until), READY_LIMITS, world, signal),
};

async function areListed(step: ReadyStep, world: StepWorld, signal: AbortSignal): Promise<Finding> {
  const endpoints = await world.kubernetes.endpoints(signal);
  if (sameSet(endpoints.ready, step.addresses)) return satisfied(`Ready: ${listed(step.addresses)}`);
  return unsatisfied(
    `Kubernetes lists ${listed([...endpoints.ready].sort()) || 'no registry'} as Ready instead of exactly ${listed(step.addresses)}.`,
  );
}
