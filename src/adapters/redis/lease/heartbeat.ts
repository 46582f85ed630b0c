import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Proof } from '../../../domain/change/record-entry.ts';
import {
  type Heard,
  type ReadNodes,
  type SeenWorker,
  SLOW_ANSWER_MS,
  type WorkerAbout,
  type WorkerSays,
} from '../../../domain/cluster/worker-state.ts';
import type { Heartbeat } from '../../../ports/cards.ts';
import type { Clock } from '../../../ports/clock.ts';
import { ask } from '../server/failures.ts';
import { clusterKeys } from '../server/keys.ts';
import { runScript } from '../server/script.ts';
import { saidIn, signedText } from '../server/signed-text.ts';
import { BEAT, SEEN } from './worker-scripts.ts';

/** Options of a cluster's heartbeat. */
export interface HeartbeatOptions {
  readonly redis: Redis;
  readonly cluster: string;
  /** Signs as the worker, so that nobody else can put words on a card, or make a silent worker look alive. */
  readonly proof: Proof;
  readonly clock: Pick<Clock, 'now' | 'steadyMs'>;
  /** What the worker says about itself in each heartbeat. */
  readonly about?: WorkerAbout;
}

/** Characters of the worker's trouble; cards show it. */
const TROUBLE_LIMIT = 1_000;

/** Bytes of the list of nodes; a longer list is left out. A heartbeat has at most 16 KiB, see SEEN. */
const NODES_LIMIT = 8_000;

const timeSchema = z.tuple([z.coerce.number(), z.coerce.number()]);
/** Whatever else is there is no request. */
const askedSchema = z.coerce.number().pipe(z.int().nonnegative()).catch(0);
const seenSchema = z.tuple([z.string(), z.number()]);
/** `ahead`: the worker's clock less Redis', in ms; workers before this version do not say it. */
const beatSchema = z.object({
  at: z.int(),
  trouble: z.string().nullable(),
  ahead: z.int().nullable().default(null),
  /** Workers before this version do not say them; a newer one may say them in another form. */
  nodes: z
    .object({ names: z.array(z.string()), bootstrap: z.array(z.string()), ageMs: z.int().nonnegative() })
    .nullable()
    .catch(null),
  who: z.object({ id: z.string(), name: z.string() }).nullable().catch(null),
  about: z
    .object({ version: z.string(), trusts: z.array(z.string()) })
    .nullable()
    .catch(null),
});

/**
 * A worker's heartbeat in Redis, with its time by Redis' clock, because the clocks of bot and worker may differ. The key does not expire,
 * so that people see since when the worker is silent.
 */
export function redisHeartbeat({ redis, cluster, proof, clock, about }: HeartbeatOptions): Heartbeat {
  const { worker } = clusterKeys(cluster);
  return {
    async beat(says) {
      const from = clock.steadyMs();
      const [seconds, micros] = timeSchema.parse(await ask(redis.time()));
      const tookMs = clock.steadyMs() - from;
      const at = seconds * 1000 + Math.floor(micros / 1000);
      const ahead = tookMs > SLOW_ANSWER_MS ? null : Math.round(clock.now().getTime() - tookMs / 2 - at);
      const said = { at, ahead, ...bounded(says), ...(about === undefined ? {} : { about }) };
      return askedSchema.parse(await runScript(redis, BEAT, [worker], signedText(said, { cluster }, proof)));
    },
    async seen() {
      const [text, now] = seenSchema.parse(await runScript(redis, SEEN, [worker]));
      return seenIn(text, now, cluster, proof);
    },
  };
}

/** The heartbeat in a text that Redis had at `now`. */
export function seenIn(text: string, now: number, cluster: string, proof: Proof): Heard {
  if (text === '') return null;
  const beat = saidIn(text, { cluster }, beatSchema, proof);
  if (beat.is === 'said') return seenFrom(beat.said, now);
  return beat.is === 'newer' ? 'newer' : 'unverified';
}

const bounded = ({ trouble, nodes, who }: WorkerSays): WorkerSays => ({
  trouble: trouble === null ? null : trouble.slice(0, TROUBLE_LIMIT),
  nodes: nodes === null || isTooLong(nodes) ? null : nodes,
  who,
});

const isTooLong = (nodes: ReadNodes): boolean => Buffer.byteLength(JSON.stringify(nodes)) > NODES_LIMIT;

function seenFrom({ at, ahead, ...said }: z.infer<typeof beatSchema>, now: number): SeenWorker {
  return { heardAt: new Date(at).toISOString(), silentMs: now - at, workerAheadMs: ahead, ...said };
}
