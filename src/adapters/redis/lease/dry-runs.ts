import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { isNodeName } from '../../../domain/cluster/node-name.ts';
import { type Intent, intentSchema } from '../../../domain/plan/intent.ts';
import { dryRunSchemaWith, type SeenDryRun } from '../../../domain/questions/plan/dry-run.ts';
import { canonicalJson } from '../../../domain/text/canonical.ts';
import { isShallow, jsonIn } from '../../../domain/text/json.ts';
import { NODES_LIMIT } from '../../../domain/typed/nodes.ts';
import type { DryRuns } from '../../../ports/dry-runs.ts';
import { stepSchema } from '../../../schema/record-schemas.ts';
import { clusterKeys } from '../server/keys.ts';
import { runScript } from '../server/script.ts';
import { ASK_FOR_DRY_RUN, END_DRY_RUN, OLDEST_DRY_RUN } from './dry-run-scripts.ts';
import { type SignedBoardOptions, signedBoard } from './signed-board.ts';

/** Requests that wait at the same time: each takes some seconds, and an asker waits some minutes. */
const MOST_WAITING = 10;
/** Bytes of a request: 20 names of 253 letters. */
const MOST_ASKED = 16 * 1024;
const REQUEST_LIVES_MS = 5 * 60_000;
/** Longer than an asker waits. */
const ANSWER_LIVES_MS = 10 * 60_000;
/** Bytes of an answer: a plan has at most 900 KiB. */
const MOST_BYTES = 1024 * 1024;

const textSchema = z.string();
const requestSchema = z.strictObject({ request: z.uuid(), intent: intentSchema });
/** What every version can read; the answer itself may be of a newer one. */
const envelope = z.object({ at: z.int(), request: z.string(), dryRun: z.unknown() });
const dryRunSchema = dryRunSchemaWith(stepSchema);

/** Requests for dry runs and the worker's signed answers in Redis. What no bot could have written is no request. */
export function redisDryRuns(options: SignedBoardOptions): DryRuns {
  const { redis, cluster } = options;
  const { dryRunsAsked, dryRun: prefix } = clusterKeys(cluster);
  const limits = { mostBytes: MOST_BYTES, livesMs: ANSWER_LIVES_MS };
  const answerTo = (request: string) => signedBoard(options, `${prefix}:${request}`, 'A dry run', limits);
  const end = async (text: string) => {
    await runScript(redis, END_DRY_RUN, [dryRunsAsked], text);
  };
  return {
    async ask(intent) {
      const request = randomUUID();
      const text = canonicalJson({ request, intent });
      const isTaken = await runScript(redis, ASK_FOR_DRY_RUN, [dryRunsAsked], text, REQUEST_LIVES_MS, MOST_WAITING);
      return isTaken === 1 ? request : null;
    },
    async next() {
      const text = textSchema.parse(
        await runScript(redis, OLDEST_DRY_RUN, [dryRunsAsked], REQUEST_LIVES_MS, MOST_ASKED),
      );
      if (text === '') return null;
      const value = jsonIn(text);
      const read = isShallow(value) ? requestSchema.safeParse(value) : null;
      if (read?.success === true && isPlausible(read.data.intent, cluster) && canonicalJson(read.data) === text)
        return read.data;
      await end(text);
      return null;
    },
    async put({ request, intent }, dryRun) {
      await answerTo(request).put({ request, dryRun });
      await end(canonicalJson({ request, intent }));
    },
    async seen(request) {
      const found = await answerTo(request).seen(envelope);
      if (found.is !== 'said') return { is: found.is };
      return found.said.request === request ? seenFrom(found.said) : { is: 'unverified' };
    },
  };
}

const isPlausible = ({ nodes, cluster: of }: Intent, cluster: string): boolean =>
  of === cluster && nodes.length <= NODES_LIMIT && nodes.every(isNodeName);

function seenFrom({ dryRun }: z.infer<typeof envelope>): SeenDryRun {
  const read = dryRunSchema.safeParse(dryRun);
  return read.success ? { is: 'seen', dryRun: read.data } : { is: 'newer' };
}
