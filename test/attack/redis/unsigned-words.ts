import { CLUSTER } from '../../../sandbox/people.ts';
import { holds } from '../../../sandbox/seen/texts.ts';
import { changeKeys, clusterKeys } from '../../../src/adapters/redis/server/keys.ts';
import type { Attack } from '../attack.ts';
import { must, reached } from '../outcome.ts';
import { ALICE, type AttackStage } from '../stage/attack-stage.ts';

const CLAIM = 'Send your password to mallory';
const MEGABYTE = 1024 * 1024;
/** Far more than garbage that the bot has not collected yet. */
const RECORD_MEGABYTES = 300;

/** Words in Redis that are not entries of a record, and records of any size. */
export function unsignedWords(): readonly Attack[] {
  return [placeOfAnotherCard(), freezeOfAnother(), wordsOfTrouble(), hugeRecord()];
}

/** The first card must not be drawn over the second one, whose buttons people would then press. */
function placeOfAnotherCard(): Attack {
  return {
    on: 'bot',
    name: 'card-at-the-place-of-another',
    tries: 'the place of another change’s card, written as the place of this one',
    async stopped(stage) {
      const [mine, other] = [await stage.asked(), await stage.asked('add node-1')];
      await stage.drawn(mine.id);
      await stage.drawn(other.id);
      const victim = messageOf(stage, other.id);
      reached(victim !== undefined, 'The other change has no card.');
      const { card, state } = changeKeys(mine.id);
      const place = await stage.redis.hget(changeKeys(other.id).card, 'place');
      const { channel = '', ts = '' } = victim ?? {};
      await stage.redis.hset(card, { place: place ?? '', channel, ts, drawn: 0 });
      await stage.redis.hincrby(state, 'revision', 1);
      await stage.announce(mine.id);
      await stage.until('a bot that has read the place', async () =>
        (await stage.logOf('bot')).includes('is not signed by a bot'),
      );
      await stage.door.command(ALICE, 'help');
      const now = stage.sandbox.slack.messages().find((one) => one.ts === victim?.ts && one.channel === victim.channel);
      must(now?.text.includes(mine.id) === false, `The card of ${other.id} now shows ${mine.id}.`);
      return 'the other card is unchanged';
    },
  };
}

/** Every planned card names who froze the cluster, and why. */
function freezeOfAnother(): Attack {
  const by = { id: 'U0CAROL', name: 'carol' };
  const freeze = { verb: 'freeze', node: null, by, at: new Date().toISOString(), reason: CLAIM };
  return {
    on: 'bot',
    name: 'freeze-in-the-name-of-another',
    tries: 'a freeze in Redis with a name and a reason of the attacker',
    async stopped(stage) {
      const { id } = await stage.asked();
      await stage.drawn(id);
      const { holds: key } = clusterKeys(CLUSTER);
      const fields = { freeze: JSON.stringify({ ...freeze, v: 1, key: 'k', signature: 's' }), [`lock:${CLAIM}`]: '{}' };
      try {
        await stage.redis.hset(key, fields);
        await stage.redis.hincrby(changeKeys(id).state, 'revision', 1);
        await stage.announce(id);
        const says = (words: string) => holds(stage.card(id) ?? { texts: [] }, words);
        await stage.until('a card with the freeze', async () => says(CLAIM) || says('not signed by a trusted bot'));
        const heard = await stage.askOrHear('add node-1');
        const help = JSON.stringify(await stage.door.command(ALICE, 'help'));
        must('reply' in heard, 'A change can start beside an entry that nobody can read.');
        const shown = [...(stage.card(id)?.texts ?? []), 'reply' in heard ? heard.reply : '', help].join('\n');
        must(!shown.includes(CLAIM) && !shown.includes('by carol'), 'People see the attacker’s words.');
        must(!shown.includes(by.id), 'People see a name that the attacker chose.');
        return 'the card says that the freeze is not signed, and all changes stop';
      } finally {
        await stage.redis.hdel(key, ...Object.keys(fields));
      }
    },
  };
}

function wordsOfTrouble(): Attack {
  return {
    on: 'worker',
    name: 'heartbeat-with-words-of-trouble',
    tries: 'a heartbeat with a text for the cards, while the worker does not answer',
    async stopped(stage) {
      const { worker } = stage.sandbox.services;
      reached(worker.pid !== undefined, 'The worker does not run.');
      process.kill(worker.pid ?? 0, 'SIGSTOP');
      try {
        const asked = await stage.askOrHear('add node-1');
        reached('id' in asked, 'The request was refused.');
        const id = 'id' in asked ? asked.id : '';
        const beat = { beat: JSON.stringify({ at: Date.now() + 60_000, trouble: CLAIM, key: 'k', signature: 's' }) };
        await stage.redis.hset(clusterKeys(CLUSTER).worker, { ...beat, heard: Date.now() + 60_000, trouble: CLAIM });
        await stage.until('a card with the new state of the worker', async () => {
          const card = stage.card(id);
          return card !== undefined && (holds(card, CLAIM) || holds(card, 'no valid signature'));
        });
        const card = stage.card(id);
        must(card !== undefined && !holds(card, CLAIM), 'The card shows the attacker’s words.');
        return 'the card says that the heartbeat has no valid signature';
      } finally {
        process.kill(worker.pid ?? 0, 'SIGCONT');
      }
    },
  };
}

function hugeRecord(): Attack {
  return {
    on: 'bot',
    name: `record-of-${RECORD_MEGABYTES}-MB`,
    tries: 'a record as large as Redis allows, which would fill the bot of all clusters',
    async stopped(stage) {
      const { id } = await stage.asked();
      await stage.drawn(id);
      const { record, state } = changeKeys(id);
      const before = await residentBytes(stage);
      let grown: number;
      try {
        for (let n = 0; n < RECORD_MEGABYTES; n += 1) await stage.redis.rpush(record, `"${'a'.repeat(MEGABYTE)}"`);
        await stage.redis.hincrby(state, 'revision', 1);
        await stage.announce(id);
        await stage.drawn(id);
        grown = (await residentBytes(stage)) - before;
      } finally {
        // The attacks after this one use the same Redis.
        await stage.redis.ltrim(record, 0, 1);
      }
      const most = (RECORD_MEGABYTES * MEGABYTE) / 2;
      must(grown < most, `The bot grew by ${Math.round(grown / MEGABYTE)} MiB.`);
      return 'the bot did not read it';
    },
  };
}

const messageOf = (stage: AttackStage, id: string) =>
  stage.sandbox.slack
    .messages()
    .find(({ text, threadTs, ephemeralFor }) => text.includes(id) && !threadTs && !ephemeralFor);

async function residentBytes(stage: AttackStage): Promise<number> {
  const answer = await fetch(`http://${stage.host}:9180/metrics`, { signal: AbortSignal.timeout(60_000) });
  const bytes = Number(/^process_resident_memory_bytes (\S+)$/m.exec(await answer.text())?.[1]);
  reached(bytes > 0, 'The bot does not report its memory.');
  return bytes;
}
