import type { Plan } from './plan.ts';

/** The nodes whose registries a completed change has proved to be the same as the bootstrap's. */
export const nodesProvedBy = ({ approved }: Pick<Plan, 'approved'>): readonly string[] =>
  approved.steps.flatMap((step) =>
    step.kind === 'verify'
      ? step.registries.filter(({ address }) => address !== step.bootstrapAddress).map(({ node }) => node)
      : [],
  );
