import { changeKeys } from '../../../src/adapters/redis/server/keys.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import type { AttackStage, Target } from '../stage/attack-stage.ts';

/** A planned change whose card is drawn, with forged entries added to its record. */
export async function withForgedEntries(
  stage: AttackStage,
  forge: (target: Target) => readonly ChangeEvent[],
): Promise<Target> {
  const target = await drawn(stage);
  for (const event of forge(target)) await stage.forge(target.id, event);
  return target;
}

/** A planned change whose card is drawn, with another plan in its record instead of the worker's. */
export async function withExchangedPlan(stage: AttackStage, exchange: (plan: Plan) => Plan): Promise<Target> {
  const target = await drawn(stage);
  const { events } = await stage.get(target.id);
  const n = events.findIndex(({ type }) => type === 'planned');
  const planned = events[n];
  if (planned?.type !== 'planned') throw new Error('A planned change has no plan.');
  const { record, state } = changeKeys(target.id);
  await stage.redis.lset(record, n, JSON.stringify({ ...planned, plan: exchange(planned.plan) }));
  await stage.redis.hincrby(state, 'revision', 1);
  await stage.announce(target.id);
  return target;
}

async function drawn(stage: AttackStage): Promise<Target> {
  const target = await stage.asked();
  await stage.drawn(target.id);
  return target;
}
