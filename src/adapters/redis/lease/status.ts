import { z } from 'zod';
import { clusterStatusSchema, type SeenStatus } from '../../../domain/questions/status/cluster-status.ts';
import type { StatusBoard } from '../../../ports/status.ts';
import { clusterKeys } from '../server/keys.ts';
import { runScript } from '../server/script.ts';
import { type SignedBoardOptions, signedBoard } from './signed-board.ts';
import { ASK_FOR_STATUS } from './status-scripts.ts';

const requestSchema = z.int().nonnegative();
/** What every version can read; the status itself may be of a newer one. */
const envelope = z.object({ at: z.int(), answers: requestSchema, status: z.unknown() });

/** A worker's last status in Redis, with its time by Redis' clock. The key does not expire: it is what was known last. */
export function redisStatus(options: SignedBoardOptions): StatusBoard {
  const { redis, cluster } = options;
  const { status: key, worker } = clusterKeys(cluster);
  const board = signedBoard(options, key, 'Its status');
  return {
    put: async (status, answers) => await board.put({ answers, status }),
    async seen() {
      const found = await board.seen(envelope);
      return found.is === 'said' ? seenFrom(found.said, found.now) : { is: found.is };
    },
    ask: async () => requestSchema.parse(await runScript(redis, ASK_FOR_STATUS, [worker])),
  };
}

function seenFrom({ at, answers, status }: z.infer<typeof envelope>, now: number): SeenStatus {
  const read = clusterStatusSchema.safeParse(status);
  return read.success ? { is: 'seen', status: read.data, ageMs: now - at, answers } : { is: 'newer' };
}
