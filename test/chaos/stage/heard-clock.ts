import { z } from 'zod';
import { CLUSTER } from '../../../sandbox/people.ts';
import { closeRedis, connectRedis } from '../../../src/adapters/redis/server/connection.ts';
import { clusterKeys } from '../../../src/adapters/redis/server/keys.ts';
import type { ChaosStage } from './chaos-stage.ts';

const NEAR_MS = 10_000;
const beatSchema = z.object({ ahead: z.number().nullable() });

/** Waits until the worker's heartbeat tells the offset of its clock, because the bot judges by the heartbeat. */
export async function untilClockIsHeard(stage: ChaosStage, offMs: number): Promise<void> {
  const redis = connectRedis({ url: stage.redisUrl, onError: () => undefined, name: 'registry-ha-chaos' });
  try {
    await stage.until(`a heartbeat with a clock ${offMs} ms ahead`, async () => {
      const beat = await redis.hget(clusterKeys(CLUSTER).worker, 'beat');
      const ahead = beat === null ? null : beatSchema.parse(JSON.parse(beat)).ahead;
      return ahead !== null && Math.abs(ahead - offMs) < NEAR_MS;
    });
  } finally {
    await closeRedis(redis);
  }
}

/** Waits until somebody could read this text. */
export async function untilShown(stage: ChaosStage, text: string): Promise<void> {
  await stage.until(`the text “${text}”`, () =>
    stage.sandbox.texts.all().some(({ texts }) => texts.some((one) => one.includes(text))),
  );
}
