import { z } from 'zod';
import { isNodeName } from '../../../domain/cluster/node-name.ts';
import { proofReportSchema, type SeenProof } from '../../../domain/questions/verify/proof-report.ts';
import { isShallow, jsonIn } from '../../../domain/text/json.ts';
import { atMost } from '../../../domain/text/length.ts';
import { NODES_LIMIT } from '../../../domain/typed/nodes.ts';
import type { ProofBoard } from '../../../ports/proofs.ts';
import { clusterKeys } from '../server/keys.ts';
import { runScript } from '../server/script.ts';
import { ASK_FOR_PROOF, TAKE_PROOF } from './proof-scripts.ts';
import { type SignedBoardOptions, signedBoard } from './signed-board.ts';

/** Bytes of a request. */
const MOST_ASKED = 16 * 1024;
/** A worker that lives takes a request within seconds, or says that a proof is running. */
const REQUEST_LIVES_MS = 120_000;

const numberSchema = z.coerce.number().pipe(z.int().nonnegative());
/** What every version can read; the report itself may be of a newer one. */
const envelope = z.object({ at: z.int(), report: z.unknown() });
const requestSchema = z.object({
  request: z.int().positive(),
  wish: z.object({ nodes: z.array(z.string().refine(isNodeName)).check(atMost(NODES_LIMIT)), deep: z.boolean() }),
});

/** Requests for proofs and the worker's last report in Redis, with its time by Redis' clock. What no bot could have written is no request. */
export function redisProofs(options: SignedBoardOptions): ProofBoard {
  const { redis, cluster } = options;
  const { proof: key, proofAsked } = clusterKeys(cluster);
  const board = signedBoard(options, key, 'The result of a proof');
  return {
    async ask({ nodes, deep }) {
      const text = JSON.stringify({ nodes, deep });
      const asked = numberSchema.parse(await runScript(redis, ASK_FOR_PROOF, [proofAsked], text, REQUEST_LIVES_MS));
      return asked === 0 ? null : asked;
    },
    async take() {
      const text = z.string().parse(await runScript(redis, TAKE_PROOF, [proofAsked], MOST_ASKED));
      const value = jsonIn(text);
      const read = isShallow(value) ? requestSchema.safeParse(value) : null;
      return read?.success === true ? { request: read.data.request, ...read.data.wish } : null;
    },
    put: async (report) => await board.put({ report }),
    async seen() {
      const found = await board.seen(envelope);
      return found.is === 'said' ? seenFrom(found.said, found.now) : { is: found.is };
    },
  };
}

function seenFrom({ at, report }: z.infer<typeof envelope>, now: number): SeenProof {
  const read = proofReportSchema.safeParse(report);
  return read.success ? { is: 'seen', report: read.data, ageMs: now - at } : { is: 'newer' };
}
