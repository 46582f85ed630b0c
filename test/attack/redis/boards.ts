import { generateKeyPairSync, sign } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CLUSTER } from '../../../sandbox/people.ts';
import { clusterKeys } from '../../../src/adapters/redis/server/keys.ts';
import type { ProofResult } from '../../../src/domain/cluster/proof-result.ts';
import type { Attack } from '../attack.ts';
import { must } from '../outcome.ts';
import { ALICE, type AttackStage } from '../stage/attack-stage.ts';
import { whileWorkerHangs } from '../stage/while-worker-hangs.ts';

const CLAIM = 'Send your password to mallory';
/** The bot looks every second. */
const LOOKS_MS = 3_000;
const { status: statusKey, proof: proofKey, proofAsked } = clusterKeys(CLUSTER);

/** What a worker has found, in the words of somebody else. */
export function boardAttacks(): readonly Attack[] {
  return [editedStatus(), forgedStatus(), heartbeatAsStatus(), forgedProof()];
}

function editedStatus(): Attack {
  return {
    on: 'bot',
    name: 'status-edited',
    tries: 'the worker’s signed status, with a sentence of the attacker in it',
    stopped: (stage) =>
      withStatus(stage, (kept) => JSON.stringify({ ...kept, status: { ...kept.status, unknown: [CLAIM] } })),
  };
}

function forgedStatus(): Attack {
  return {
    on: 'bot',
    name: 'status-forged',
    tries: 'a status with a sentence of the attacker, signed with the attacker’s own key',
    stopped: (stage) =>
      withStatus(stage, (kept) => signedByStranger({ ...kept, status: { ...kept.status, unknown: [CLAIM] } })),
  };
}

function heartbeatAsStatus(): Attack {
  return {
    on: 'bot',
    name: 'status-that-is-another-statement',
    tries: 'the worker’s own heartbeat in the place of its status',
    stopped: (stage) =>
      withStatus(stage, async () => JSON.stringify(await stage.redis.hgetall(clusterKeys(CLUSTER).worker))),
  };
}

function forgedProof(): Attack {
  return {
    on: 'bot',
    name: 'proof-forged',
    tries: 'the result of a proof, signed with the attacker’s own key, while the worker does not answer',
    async stopped(stage) {
      const { body, url } = stage.door.form(ALICE, 'verify');
      const answer = () => stage.door.heard(url) ?? '';
      await whileWorkerHangs(stage, async () => {
        await stage.redis.del(proofAsked);
        await stage.door.knock({ body });
        await stage.until('a request for a proof', async () => (await stage.redis.exists(proofAsked)) === 1);
        const { request }: { request: number } = JSON.parse((await stage.redis.get(proofAsked)) ?? '{}');
        const report = { is: 'ended', request, result: lie(), journal: null };
        await stage.redis.set(proofKey, signedByStranger({ at: Date.now(), report }));
        await sleep(LOOKS_MS);
        must(!/Proved|proven/.test(answer()), `alice got: ${answer()}`);
      });
      await stage.until('the answer of the worker', async () => /roved|proven/.test(answer()));
      must(!answer().includes(CLAIM), `alice got: ${answer()}`);
      return 'the bot waits for the worker’s own result';
    },
  };
}

/** A proof in which everything is fine. */
function lie(): ProofResult {
  const now = new Date().toISOString();
  return {
    ...{ cluster: CLUSTER, began: now, ended: now, deep: true, archives: 1, images: 1, cut: null },
    registries: [{ node: CLAIM, isBootstrap: true }],
    ...{ layers: { blobs: 0, bytes: 0 }, engines: { all: 1, right: 1 } },
    ...{ differences: [], moreDifferences: 0, unread: [], moreUnread: 0 },
  };
}

interface KeptStatus {
  readonly status: object;
}

/** Puts another text in the place of the worker's status while the worker hangs, asks for the status, and puts it back. */
async function withStatus(stage: AttackStage, edited: (kept: KeptStatus) => string | Promise<string>): Promise<string> {
  await stage.until('a status', async () => (await stage.redis.exists(statusKey)) === 1);
  return await whileWorkerHangs(stage, async () => {
    const text = (await stage.redis.get(statusKey)) ?? '';
    const kept: KeptStatus = JSON.parse(text);
    await stage.redis.set(statusKey, await edited(kept));
    try {
      const answer = (await stage.door.command(ALICE, 'status')) ?? '';
      const isDoubted = answer.includes(
        'unknown whether HA holds: the last inspection is not signed by a trusted worker',
      );
      must(isDoubted && !answer.includes(CLAIM), `alice got: ${answer}`);
      return 'alice is told that the last inspection is not signed by a trusted worker';
    } finally {
      await stage.redis.set(statusKey, text);
    }
  });
}

function signedByStranger(said: object): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  const signature = sign(null, Buffer.from(JSON.stringify(said)), privateKey).toString('base64');
  return JSON.stringify({ ...said, key: '0123456789ab', signature });
}
