import type { Redis } from 'ioredis';
import { CLUSTER, OPS, PEOPLE } from '../../../sandbox/people.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { EVERY_ENTRY } from '../../../sandbox/seen/every-entry.ts';
import { type SeenText, textsOf } from '../../../sandbox/seen/texts.ts';
import { changeQueue } from '../../../src/adapters/redis/queue/queue.ts';
import { redisChanges } from '../../../src/adapters/redis/record/changes.ts';
import { closeRedis, connectRedis } from '../../../src/adapters/redis/server/connection.ts';
import { clusterKeys } from '../../../src/adapters/redis/server/keys.ts';
import type { Person } from '../../../src/domain/change/approval.ts';
import type { Change, ChangeEvent, ChangeId } from '../../../src/domain/change/change.ts';
import type { ChangeQueue } from '../../../src/ports/queue.ts';
import type { Changes, StoredChange } from '../../../src/ports/record.ts';
import type { ApprovalSigner } from '../../../src/ports/trust.ts';
import { cardStateOf, changeIds, isDrawn } from '../../harness/stage/card-state.ts';
import { SandboxStage } from '../../harness/stage/sandbox-stage.ts';
import { NotMade } from '../outcome.ts';
import { type BotsOwn, botsOwn } from './bots-own.ts';
import { Door } from './door.ts';
import { Replies } from './replies.ts';

/** A change with an undecided plan. */
export interface Target {
  readonly id: ChangeId;
  readonly digest: string;
  readonly change: Change;
  /** Number of entries in its record. */
  readonly version: number;
}

/** Slack's fields of the people, without the sandbox's. */
export const [ALICE, BOB, MALLORY] = [person(0), person(1), person(2)];

interface Parts {
  readonly sandbox: Sandbox;
  readonly signal: AbortSignal;
  readonly redis: Redis;
  readonly replies: Replies;
  readonly bot: BotsOwn;
}

/** A sandbox with an attacker, who has Redis, the network, and everything that was once sent to them. */
export class AttackStage extends SandboxStage {
  readonly redis: Redis;
  readonly door: Door;
  readonly changes: Changes;
  readonly queue: ChangeQueue;
  /** Signs as the bot does. An attacker does not have the bot's key, but may have approvals signed with it. */
  readonly signer: ApprovalSigner;
  readonly #bot: BotsOwn;
  readonly #queue: ReturnType<typeof changeQueue>;
  readonly #replies: Replies;
  readonly #kept: Target[] = [];
  #undecided: Target | undefined;

  private constructor({ sandbox, signal, redis, replies, bot }: Parts) {
    super(sandbox, signal);
    this.redis = redis;
    this.signer = bot.signer;
    this.#bot = bot;
    this.#replies = replies;
    const url = `http://${this.host}:3000/slack/events`;
    this.door = new Door({ url, secret: sandbox.slack.signingSecret, replies, signal });
    this.changes = redisChanges({ redis, cluster: CLUSTER, proof: EVERY_ENTRY });
    this.#queue = changeQueue({ redis, cluster: CLUSTER });
    this.queue = this.#queue;
  }

  static async open(sandbox: Sandbox, signal: AbortSignal): Promise<AttackStage> {
    const redis = connectRedis({ url: sandbox.redisUrl, onError: () => undefined, name: 'registry-ha-attack' });
    const bot = await botsOwn(sandbox, redis);
    return new AttackStage({ sandbox, signal, redis, replies: await Replies.open(), bot });
  }

  async close(): Promise<void> {
    await this.#queue.close();
    await closeRedis(this.redis);
    await this.#replies.close();
  }

  async get(id: ChangeId): Promise<StoredChange> {
    const stored = await this.changes.get(id);
    if (stored === null) throw new NotMade(`The change ${id} does not exist.`);
    return stored;
  }

  /** A planned change without a card, its request written directly into Redis; reuses a kept one if there is one. */
  async planned(): Promise<Target> {
    const [kept] = this.#kept.splice(0);
    return kept ?? (await this.#fresh(['node-2']));
  }

  /** Requires that the worker still plans; keeps the plan for the next attack. */
  async keepPlan(): Promise<void> {
    const isDone = this.sandbox.cluster.world.nodes.get('node-2')?.registry !== null;
    this.#kept.splice(0, 1, await this.#fresh([isDone ? 'node-1' : 'node-2']));
  }

  /** An undecided plan on a card, shared by all attacks on one decision. */
  async undecided(): Promise<Target> {
    this.#undecided ??= await this.asked();
    return this.#undecided;
  }

  async #fresh(nodes: readonly string[]): Promise<Target> {
    return await this.#target(await this.askQuietly(nodes));
  }

  /** Writes a request into Redis as the bot does, with its key, but without a card; returns the change's ID. */
  async askQuietly(nodes: readonly string[] = ['node-2']): Promise<ChangeId> {
    const id = this.#bot.newId();
    const at = new Date().toISOString();
    const intent = { verb: 'add', cluster: CLUSTER, nodes } as const;
    await this.#bot.changes.append(id, 0, { type: 'requested', at, id, intent, requester: ALICE, channel: OPS.id });
    await this.queue.add('plan', id, 1);
    return id;
  }

  /** A planned change with its card, requested by alice in Slack. */
  async asked(text = 'add node-2'): Promise<Target> {
    const asked = await this.askOrHear(text);
    if ('reply' in asked) throw new NotMade(`alice got: ${asked.reply}`);
    return await this.#target(asked.id);
  }

  /** Has alice make a request; returns the ID of her change, or the private reply. */
  async askOrHear(text: string): Promise<{ readonly id: ChangeId } | { readonly reply: string }> {
    const before = new Set(await changeIds(this.redis));
    const { body, url } = this.door.form(ALICE, text);
    await this.door.knock({ body });
    const fresh = async () => (await changeIds(this.redis)).find((id) => !before.has(id));
    await this.until(
      `a change of “${text.slice(0, 60)}”`,
      async () => (await fresh()) !== undefined || this.door.heard(url) !== undefined,
    );
    const id = await fresh();
    return id === undefined ? { reply: this.door.heard(url) ?? '' } : { id };
  }

  /** The number of changes. */
  async count(): Promise<number> {
    return (await changeIds(this.redis)).length;
  }

  /** Waits until the worker has planned, refused or failed the change, and returns it. */
  async answered(id: ChangeId): Promise<Change> {
    await this.until(`an answer to ${id}`, async () => (await this.get(id)).change.state !== 'requested');
    return (await this.get(id)).change;
  }

  /** Appends a well-formed entry, as anyone with access to Redis can. */
  async forge(id: ChangeId, event: ChangeEvent): Promise<void> {
    const { version } = await this.get(id);
    if (!(await this.changes.append(id, version, event))) throw new NotMade(`Redis did not take ${event.type}.`);
  }

  /** Announces a new entry of a change to the bot. */
  async announce(id: ChangeId): Promise<void> {
    const { announced, behind } = clusterKeys(CLUSTER);
    await this.redis.sadd(behind, id);
    await this.redis.publish(announced, id);
  }

  /** Waits until the card shows the whole record. */
  async drawn(id: ChangeId): Promise<void> {
    await this.until(`the card of ${id}`, () => this.#isDrawn(id));
  }

  /** Like `drawn`, or until the bot logs that it cannot draw the card. */
  async drawnOrRefused(id: ChangeId): Promise<boolean> {
    const refused = async (): Promise<boolean> =>
      (await this.logOf('bot')).split('\n').some((line) => line.includes(id) && line.includes('could not be drawn'));
    await this.until(`the card of ${id}`, async () => (await this.#isDrawn(id)) || (await refused()));
    return await this.#isDrawn(id);
  }

  /** The current card of a change. */
  card(id: ChangeId): Pick<SeenText, 'texts'> | undefined {
    const message = this.sandbox.slack
      .messages()
      .findLast(({ text, threadTs, ephemeralFor }) => text.includes(id) && !threadTs && !ephemeralFor);
    return message === undefined ? undefined : { texts: textsOf(message) };
  }

  async #isDrawn(id: ChangeId): Promise<boolean> {
    return isDrawn(await cardStateOf(this.redis, id));
  }

  async #target(id: ChangeId): Promise<Target> {
    const change = await this.answered(id);
    if (change.state !== 'planned' || change.digest === undefined)
      throw new NotMade(
        `There is no plan. The change is ${change.state}: ${change.refusal?.says ?? change.failure?.what}`,
      );
    return { id, digest: change.digest, change, version: (await this.get(id)).version };
  }
}

function person(n: 0 | 1 | 2): Person {
  const { id, name } = PEOPLE[n];
  return { id, name };
}
