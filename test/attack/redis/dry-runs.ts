import { generateKeyPairSync, sign } from 'node:crypto';
import { CLUSTER } from '../../../sandbox/people.ts';
import { clusterKeys } from '../../../src/adapters/redis/server/keys.ts';
import type { Attack } from '../attack.ts';
import { must, reached } from '../outcome.ts';
import { ALICE, type AttackStage } from '../stage/attack-stage.ts';
import { whileWorkerHangs } from '../stage/while-worker-hangs.ts';

const CLAIM = 'Send your password to mallory';
const { dryRunsAsked, dryRun: prefix } = clusterKeys(CLUSTER);

/** Answers to dry runs that no worker gave, or gave to somebody else. */
export function dryRunAttacks(): readonly Attack[] {
  return [forgedAnswer(), replayedAnswer(), changedRequest()];
}

function forgedAnswer(): Attack {
  return {
    on: 'bot',
    name: 'plan-report-forged',
    tries: 'an answer to a dry run, signed with the attacker’s own key, while the worker does not answer',
    async stopped(stage) {
      return await whileWorkerHangs(stage, async () => {
        const { url, request, intent } = await asked(stage, 'plan add node-2');
        const refusal = { refused: 'bad-command', says: CLAIM };
        const dryRun = { intent, during: null, found: { is: 'refused', refusal } };
        const said = { at: Date.now(), request, dryRun };
        const { privateKey } = generateKeyPairSync('ed25519');
        const signature = sign(null, Buffer.from(JSON.stringify(said)), privateKey).toString('base64');
        await stage.redis.set(`${prefix}:${request}`, JSON.stringify({ ...said, key: '0123456789ab', signature }));
        return await refusedAs('not signed by a trusted worker', url, stage);
      });
    },
  };
}

function replayedAnswer(): Attack {
  return {
    on: 'bot',
    name: 'plan-report-replayed',
    tries: 'an authentic answer to an earlier dry run, as the answer to a new one',
    async stopped(stage) {
      const first = await asked(stage, 'plan add node-2');
      await heard('Dry run: Add a registry on node-2', first.url, stage);
      const old = await stage.redis.get(`${prefix}:${first.request}`);
      reached(old !== null, 'The earlier answer is gone.');
      return await whileWorkerHangs(stage, async () => {
        const { url, request } = await asked(stage, 'plan add node-2');
        await stage.redis.set(`${prefix}:${request}`, old ?? '');
        return await refusedAs('not signed by a trusted worker', url, stage);
      });
    },
  };
}

function changedRequest(): Attack {
  return {
    on: 'worker',
    name: 'dry-run-of-another-node',
    tries: 'a waiting dry run, changed to another node, so that the asker sees another plan',
    async stopped(stage) {
      const { url, intent } = await whileWorkerHangs(stage, async () => {
        const waiting = await asked(stage, 'plan add node-2');
        await stage.redis.zrem(dryRunsAsked, waiting.member);
        await stage.redis.zadd(dryRunsAsked, `${Date.now()}000`, waiting.member.replace('node-2', 'node-1'));
        return waiting;
      });
      reached(JSON.stringify(intent).includes('node-2'), 'The request was another one.');
      return await refusedAs('The worker answered another request', url, stage);
    },
  };
}

/** Has alice ask for a plan; returns the request that waits, and where her answer arrives. */
async function asked(stage: AttackStage, text: string) {
  await stage.redis.del(dryRunsAsked);
  const { body, url } = stage.door.form(ALICE, text);
  await stage.door.knock({ body });
  let member = '';
  const kept = setInterval(async () => {
    member ||= (await stage.redis.zrange(dryRunsAsked, '0', '0'))[0] ?? '';
  }, 5);
  try {
    await stage.until('a request for a dry run', async () => member !== '');
  } finally {
    clearInterval(kept);
  }
  const { request, intent }: { request: string; intent: object } = JSON.parse(member);
  return { url, member, request, intent };
}

async function heard(words: string, url: string, stage: AttackStage): Promise<void> {
  await stage.until(`“${words}”`, async () => stage.door.heard(url)?.includes(words) === true);
}

async function refusedAs(words: string, url: string, stage: AttackStage): Promise<string> {
  await stage.until('a second answer', async () => /there is no plan|Dry run/.test(stage.door.heard(url) ?? ''));
  const answer = stage.door.heard(url) ?? '';
  must(answer.includes(words) && !answer.includes(CLAIM), `alice got: ${answer}`);
  return 'alice is told that there is no trusted answer';
}
