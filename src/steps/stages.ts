import type { Step } from '../domain/plan/step.ts';
import { plugOf } from './kinds.ts';

/** Steps of one node that run one after another. */
export type Lane = readonly Step[];

/** Lanes that run at the same time. */
export interface Stage {
  readonly lanes: readonly Lane[];
  /** True if the lanes share the bootstrap node's network; what they do limits how many run at a time. */
  readonly sharesNetwork: boolean;
}

/** Groups the steps into stages, in order: adjacent steps that run together have a lane for each node; any other step is a stage of its own. */
export function stagesOf(steps: readonly Step[]): readonly Stage[] {
  const stages: Step[][] = [];
  for (const step of steps) {
    const last = stages.at(-1);
    const together = plugOf(step.kind).atOnce;
    const isOfTheLast = last?.[0] !== undefined && plugOf(last[0].kind).atOnce === together;
    if (together !== null && isOfTheLast) last?.push(step);
    else stages.push([step]);
  }
  return stages.map((stage) => ({
    lanes: [...Map.groupBy(stage, (step) => ('node' in step ? step.node : '')).values()],
    sharesNetwork: stage.some(({ kind }) => plugOf(kind).atOnce?.sharesNetwork === true),
  }));
}

/** How long the steps may take, in seconds, when so many lanes run at a time. */
export function secondsOf(steps: readonly Step[], atATime: number): { readonly from: number; readonly to: number } {
  const end = (which: 'from' | 'to') =>
    stagesOf(steps).reduce((sum, { lanes, sharesNetwork }) => {
      const each = lanes.map((lane) => lane.reduce((all, step) => all + plugOf(step.kind).seconds(step)[which], 0));
      const total = each.reduce((all, one) => all + one, 0);
      return sum + (sharesNetwork ? total : Math.max(...each, total / atATime));
    }, 0);
  return { from: Math.round(end('from')), to: Math.round(end('to')) };
}
