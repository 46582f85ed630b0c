import { CLUSTER } from '../../../sandbox/people.ts';
import { holds } from '../../../sandbox/seen/texts.ts';
import { changeKeys, clusterKeys } from '../../../src/adapters/redis/server/keys.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import type { Attack } from '../attack.ts';
import { must, reached } from '../outcome.ts';
import { type AttackStage, BOB, type Target } from '../stage/attack-stage.ts';
import { withExchangedPlan, withForgedEntries } from './forged-record.ts';

const at = (): string => new Date().toISOString();
const FALSE_CLAIM = 'A false claim by the attacker';
const PROOF = { served: 13, expected: 13, archives: 3, engines: 4, engineTotal: 4, blobs: 99 };
const FAILURE = { kind: 'command', where: 'node-2', what: `${FALSE_CLAIM}.`, next: 'Wipe the node.' };
const LARGE = 10 * 1024 * 1024;

/** Entries that no worker of this cluster wrote: the card must not show them as true. */
export function forgedEvents(): readonly Attack[] {
  return [
    shown('event-done-forged', 'that says the change is done, with proof', ['Done.'], () => [
      { type: 'started', at: at() },
      { type: 'done', at: at(), proof: PROOF, seconds: 1 },
    ]),
    shown('event-refused-forged', 'that says the change was refused', [FALSE_CLAIM], () => [
      { type: 'refused', at: at(), refusal: { refused: 'no-space', says: `${FALSE_CLAIM}.` } },
    ]),
    shown(
      'event-failed-forged',
      'that says the change has failed, with a next step',
      [FALSE_CLAIM, 'Wipe the node'],
      () => [{ type: 'failed', at: at(), failure: FAILURE }],
    ),
    shown('event-cancelled-forged', 'that says the change was cancelled', ['Cancelled.'], () => [
      { type: 'cancelled', at: at(), by: BOB },
    ]),
    shown('event-step-done-forged', 'that says the first step is done', ['1 of '], ({ change }) => {
      const step = change.plan?.approved.steps[0]?.id ?? 'copy';
      return [
        { type: 'started', at: at() },
        { type: 'step-started', at: at(), step },
        { type: 'step-done', at: at(), step, already: false, seconds: 1, note: FALSE_CLAIM },
      ];
    }),
    otherPlan(),
    ...unreadable(),
    ...ofAnotherCluster(),
  ];
}

type Forge = (target: Target) => readonly ChangeEvent[];

function shown(name: string, what: string, claims: readonly string[], forge: Forge): Attack {
  return {
    on: 'bot',
    name,
    tries: `an entry in the record ${what}`,
    async stopped(stage) {
      return await notShown(stage, await withForgedEntries(stage, forge), claims);
    },
  };
}

/** The plan in Redis is replaced by another, with a matching digest. */
function otherPlan(): Attack {
  return {
    on: 'bot',
    name: 'event-planned-exchanged',
    tries: 'another plan in the record, instead of the worker’s',
    async stopped(stage) {
      const target = await withExchangedPlan(stage, (plan) => ({
        ...plan,
        approved: { ...plan.approved, version: '666.0.0' },
        seen: { ...plan.seen, warnings: [FALSE_CLAIM] },
      }));
      return await notShown(stage, target, [FALSE_CLAIM]);
    },
  };
}

/** The card was drawn after the forgery, or the bot logged why not; the card shows none of the claims. */
async function notShown(stage: AttackStage, { id }: Target, claims: readonly string[]): Promise<string> {
  const isDrawn = await stage.drawnOrRefused(id);
  const card = stage.card(id);
  reached(card !== undefined, 'The change has no card.');
  const claimed = claims.find((claim) => card !== undefined && holds(card, claim));
  must(claimed === undefined, `The card shows as true: “${claimed}”.`);
  return isDrawn ? 'the card was drawn without it' : 'the card was not drawn';
}

const UNREADABLE: Readonly<Record<string, readonly [what: string, text: string]>> = {
  'event-of-unknown-type': ['an entry of an unknown type', '{"type":"owned","at":"2026-01-01T00:00:00Z"}'],
  'event-with-__proto__': [
    'an entry whose JSON sets __proto__',
    '{"type":"started","at":"2026-01-01T00:00:00Z","__proto__":{"state":"done"}}',
  ],
  'event-with-extra-keys': ['an entry with extra keys', '{"type":"started","at":"2026-01-01T00:00:00Z","by":"me"}'],
  'event-for-the-step-__proto__': [
    'the end of a step named __proto__',
    '{"type":"step-done","at":"2026-01-01T00:00:00Z","step":"__proto__","already":false,"seconds":1}',
  ],
  'event-that-is-no-json': ['an entry that is not JSON', '{"type":'],
  'event-of-10-MB': ['an entry of ten megabytes', `{"type":"${'a'.repeat(LARGE)}"}`],
  'event-that-begins-another-change': [
    'a second request, by another person, in the record',
    `{"type":"requested","at":"2026-01-01T00:00:00Z","id":"${CLUSTER}-222222"}`,
  ],
};

/** Entries that no version has ever written; other cards and changes must not be affected. */
function unreadable(): readonly Attack[] {
  return Object.entries(UNREADABLE).map(([name, [tries, text]]) => ({
    on: 'bot',
    name,
    tries,
    async stopped(stage) {
      const target = await stage.asked();
      await stage.drawn(target.id);
      await stage.redis.rpush(changeKeys(target.id).record, text);
      await stage.announce(target.id);
      const { id, digest } = target;
      const answer = await stage.door.click({ by: BOB, action: 'registry-ha:approve', value: { change: id, digest } });
      must(/ record in Redis | has no valid signature/.test(answer ?? ''), `Bob clicked Approve and got: ${answer}`);
      const jobs = await stage.redis.keys(`*:apply-${id}-*`);
      must(jobs.length === 0, 'The change was queued.');
      await stage.redis.rpop(changeKeys(id).record);
      return answer ?? '';
    },
  }));
}

/** Keys of a cluster that name changes of another. */
function ofAnotherCluster(): readonly Attack[] {
  const { announced, behind, open } = clusterKeys(CLUSTER);
  return [
    odd(
      'announcement-of-another-clusters-change',
      'an announcement of a new entry in another cluster’s change',
      async ({ redis }) => {
        await redis.publish(announced, 'prod-222222');
        return 'prod-222222';
      },
    ),
    odd('announcement-of-__proto__', 'an announcement of a new entry in __proto__', async ({ redis }) => {
      await redis.publish(announced, '__proto__');
      return '__proto__';
    }),
    odd('open-changes-that-are-none', 'invalid IDs in the list of open changes', async ({ redis }) => {
      await redis.sadd(open, 'prod-222222', '__proto__', '../../etc', 'a'.repeat(100_000));
      return 'prod-222222';
    }),
    odd('cards-behind-that-are-none', 'invalid IDs in the list of cards to draw', async ({ redis }) => {
      await redis.sadd(behind, 'prod-222222', '__proto__', `${CLUSTER}-222222`);
      return 'prod-222222';
    }),
  ];
}

/** Cards of other changes must still be drawn. */
function odd(name: string, tries: string, plant: (stage: AttackStage) => Promise<string>): Attack {
  return {
    on: 'worker',
    name,
    tries,
    async stopped(stage) {
      const id = await plant(stage);
      const target = await stage.asked();
      await stage.drawn(target.id);
      await stage.redis.srem(open(), id, '__proto__', '../../etc', 'a'.repeat(100_000));
      must(
        stage.sandbox.slack.messages().every(({ text }) => !text.includes(id)),
        `A message names ${id}.`,
      );
      return 'other cards are drawn as before';
    },
  };
}

const open = (): string => clusterKeys(CLUSTER).open;
