import type { types } from '@slack/bolt';
import { z } from 'zod';
import { CLUSTER_NAME } from '../../domain/cluster/cluster-name.ts';
import { isNodeName } from '../../domain/cluster/node-name.ts';
import type { Intent } from '../../domain/plan/intent.ts';
import { FIXING } from '../../domain/questions/status/fixes.ts';
import { jsonIn } from '../../domain/text/json.ts';
import { atLeast, atMost } from '../../domain/text/length.ts';
import { NODES_LIMIT } from '../../domain/typed/nodes.ts';

/** `action_id` of a button that requests a change, before its verb. */
const PLAN_ACTION = 'registry-ha:plan:';

/** The value of such a button. */
const Value = z.strictObject({
  verb: z.enum(FIXING),
  cluster: z.string().regex(CLUSTER_NAME),
  nodes: z
    .array(z.string().refine((name) => isNodeName(name)))
    .check(atLeast(1, 'a change has a node'), atMost(NODES_LIMIT)),
});

/** A button for each change, which requests it as a typed command does: a card with a plan, which another person approves. */
export function planButtons(intents: readonly Intent[]): readonly types.Button[] {
  return intents.map(({ verb, cluster, nodes }) => ({
    type: 'button',
    action_id: `${PLAN_ACTION}${verb}`,
    text: { type: 'plain_text', text: `Plan ${verb}` },
    accessibility_label: `Plan ${verb} of ${nodes.join(', ')} in ${cluster}`.slice(0, 75),
    value: JSON.stringify({ verb, cluster, nodes: nodes.slice(0, NODES_LIMIT) }),
  }));
}

/** The change that such a button requests; null for any other button. */
export function plannedBy(action: string, value: string | undefined): Intent | null {
  if (!action.startsWith(PLAN_ACTION)) return null;
  return Value.safeParse(jsonIn(value ?? '')).data ?? null;
}
