import { z } from 'zod';
import { sameSet } from '../../domain/cluster/registry.ts';
import { stepOnNode } from '../../domain/plan/step-shared.ts';
import { listed } from '../../domain/text/format.ts';
import type { Data } from '../../domain/text/shape.ts';
import { nothingToForget, type StepPlug } from '../world/step-plug.ts';
import { type Finding, type StepWorld, satisfied, unsatisfied } from '../world/step-world.ts';
import { waitUntilSo } from '../world/wait.ts';

/** Readiness follows by a probe every ten seconds and the Endpoints controller; five minutes are generous. */
const READY_LIMIT_MS = 300_000;

const schema = stepOnNode('ready', {
  /** Addresses that Endpoints must hold, exactly; sorted. */
  addresses: z.array(z.string()),
});

type ReadyStep = Data<typeof schema>;

/** Waits until the Endpoints hold exactly the expected addresses. Nothing is changed. */
export const ready: StepPlug<ReadyStep> = {
  schema,
  title: (where) => `Wait until the registries on ${where} are Ready`,
  seconds: () => ({ from: 5, to: 30 }),
  // A wait changes nothing.
  cancel: 'anywhere',
  atOnce: null,
  forget: nothingToForget,
  check: areListed,
  act: async () => undefined,
  confirm: (step, world, signal) =>
    waitUntilSo(() => areListed(step, world, signal), { limitMs: READY_LIMIT_MS, everyMs: 2_000 }, world.clock, signal),
};

async function areListed(step: ReadyStep, world: StepWorld, signal: AbortSignal): Promise<Finding> {
  const endpoints = await world.kubernetes.endpoints(signal);
  if (sameSet(endpoints.ready, step.addresses)) return satisfied(`Ready: ${listed(step.addresses)}`);
  return unsatisfied(
    `Kubernetes lists ${listed([...endpoints.ready].sort()) || 'no registry'} as Ready, and it should be exactly ${listed(step.addresses)}.`,
  );
}
