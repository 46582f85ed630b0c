import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Proof } from '../../../domain/change/record-entry.ts';
import { isNodeName } from '../../../domain/cluster/node-name.ts';
import { proofReportSchema, type SeenProof } from '../../../domain/questions/verify/proof-report.ts';
import { isShallow, jsonIn } from '../../../domain/text/json.ts';
import { atMost } from '../../../domain/text/length.ts';
import { NODES_LIMIT } from '../../../domain/typed/nodes.ts';
import type { ProofBoard } from '../../../ports/proofs.ts';
import { ask, recordFault } from '../server/failures.ts';
import { clusterKeys } from '../server/keys.ts';
import { runScript } from '../server/script.ts';
import { saidIn, signedText } from '../server/signed-text.ts';
import { ASK_FOR_PROOF, TAKE_PROOF } from './proof-scripts.ts';
import { READ_STATUS } from './status-scripts.ts';

export interface ProofBoardOptions {
  readonly redis: Redis;
  readonly cluster: string;
  /** Signs as the worker, so that nobody else can say that a registry is proven. */
  readonly proof: Proof;
}

/** Bytes of a report: two lists of 60 findings have at most 230 kB. */
const MOST_BYTES = 256 * 1024;
/** Bytes of a request. */
const MOST_ASKED = 16 * 1024;
/** A worker that lives takes a request within seconds, or says that a proof is running. */
const REQUEST_LIVES_MS = 120_000;

const timeSchema = z.tuple([z.coerce.number(), z.coerce.number()]);
const textSchema = z.tuple([z.string(), z.number()]);
const numberSchema = z.coerce.number().pipe(z.int().nonnegative());
/** What every version can read; the report itself may be of a newer one. */
const envelope = z.object({ at: z.int(), report: z.unknown() });
const requestSchema = z.object({
  request: z.int().positive(),
  wish: z.object({ nodes: z.array(z.string().refine(isNodeName)).check(atMost(NODES_LIMIT)), deep: z.boolean() }),
});

/** Requests for proofs and the worker's last report in Redis, with its time by Redis' clock. What no bot could have written is no request. */
export function redisProofs({ redis, cluster, proof }: ProofBoardOptions): ProofBoard {
  const { proof: key, proofAsked } = clusterKeys(cluster);
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
    async put(report) {
      const [seconds, micros] = timeSchema.parse(await ask(redis.time()));
      const said = { at: seconds * 1000 + Math.floor(micros / 1000), report };
      const text = signedText(said, { cluster }, proof);
      if (Buffer.byteLength(text) > MOST_BYTES) throw tooLong(cluster);
      await ask(redis.set(key, text));
    },
    async seen() {
      const [text, now] = textSchema.parse(await runScript(redis, READ_STATUS, [key], MOST_BYTES));
      if (text === '') return { is: 'none' };
      const said = saidIn(text, { cluster }, envelope, proof);
      return said === null ? { is: 'unverified' } : seenFrom(said, now);
    },
  };
}

function seenFrom({ at, report }: z.infer<typeof envelope>, now: number): SeenProof {
  const read = proofReportSchema.safeParse(report);
  return read.success ? { is: 'seen', report: read.data, ageMs: now - at } : { is: 'newer' };
}

const tooLong = (cluster: string) =>
  recordFault(
    cluster,
    'The result of a proof is larger than 256 kB, so it was not stored.',
    'Look at the worker’s log.',
  );
