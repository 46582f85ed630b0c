import { setTimeout as pause } from 'node:timers/promises';
import { CLUSTER, PEOPLE } from '../../../sandbox/people.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import type { SeenChange } from '../../../sandbox/seen/changes.ts';
import { EVERY_ENTRY } from '../../../sandbox/seen/every-entry.ts';
import { type Button, buttonsFor } from '../../../sandbox/slack/people/buttons.ts';
import { redisChanges } from '../../../src/adapters/redis/record/changes.ts';
import { closeRedis, connectRedis } from '../../../src/adapters/redis/server/connection.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import { NotMet } from '../../harness/stage/not-met.ts';
import type { SandboxStage } from '../../harness/stage/sandbox-stage.ts';
import { isOver } from '../stage/operator.ts';

/** What a command or a click came to. */
export interface Deed {
  readonly what: string;
  /** `effect`: the record shows it. `answer`: only this person got an answer. `error`: Slack showed one. `nothing`: acknowledged, and then nothing. */
  readonly end: 'effect' | 'answer' | 'error' | 'nothing';
  readonly from: number;
  readonly to: number;
}

type Name = (typeof PEOPLE)[number]['name'];

/** People repeat an action without a visible result after this time. */
const PATIENCE_MS = 15_000;
/** Slack allows one message a second in a channel. */
const BETWEEN_MS = 1_100;
/** After so many tries, something is wrong. */
const MOST_TRIES = 20;
/** What people decide about a change, and its end, which takes the buttons away. */
const DECISIONS: readonly ChangeEvent['type'][] = [
  'approved',
  'cancel-requested',
  'cancelled',
  'refused',
  'failed',
  'done',
];

/** Commands and clicks of people, each with what came of it. */
export class Deeds {
  readonly all: Deed[] = [];
  readonly #stage: SandboxStage;
  readonly #redis: ReturnType<typeof connectRedis>;

  constructor(stage: SandboxStage) {
    this.#stage = stage;
    this.#redis = connectRedis({ url: stage.redisUrl, onError: () => undefined, name: 'registry-ha-chaos' });
  }

  async close(): Promise<void> {
    await closeRedis(this.#redis);
  }

  /** The record of a change in Redis. */
  async eventsOf(id: string): Promise<readonly ChangeEvent[]> {
    return (await redisChanges({ redis: this.#redis, cluster: CLUSTER, proof: EVERY_ENTRY }).get(id))?.events ?? [];
  }

  /** Types a command until something comes of it. */
  async command(person: Name, text: string): Promise<void> {
    const { slack } = this.#stage.sandbox;
    const count = async () => (await this.changes()).length;
    await this.#insist(text, person, count, () => slack.command(person, text));
  }

  /** Clicks the button of a change until something comes of it. */
  async click(person: Name, label: string, id: string): Promise<void> {
    const decisions = async () => (await this.eventsOf(id)).filter(({ type }) => DECISIONS.includes(type)).length;
    const hasEnded = async () => isOver((await this.changes()).find((one) => one.id === id));
    const isOffered = async () => buttonOf(this.#stage.sandbox, person, label, id) !== undefined || (await hasEnded());
    await this.#stage.until(`the button ${label} of ${id}`, isOffered);
    if (await hasEnded()) return;
    await this.#insist(`${label} ${id}`, person, decisions, () => clickOf(this.#stage.sandbox, person, label, id));
  }

  async changes(): Promise<readonly SeenChange[]> {
    const seen = await this.#stage.sandbox.changes.read();
    return seen.are === 'seen' ? seen.changes : seen.last;
  }

  async #insist(what: string, person: Name, mark: () => Promise<number>, act: () => Promise<void>): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const before = { mark: await mark(), said: this.#saidTo(person) };
      const from = performance.now();
      const error = await act().then(
        () => null,
        (cause: unknown) => String(cause),
      );
      const end = error === null ? await this.#outcome(person, before, mark) : 'error';
      this.all.push({ what: error === null ? what : `${what} (${error})`, end, from, to: performance.now() });
      await pause(BETWEEN_MS, undefined, { signal: this.#stage.signal });
      if (end === 'effect' || end === 'answer' || (await mark()) !== before.mark) return;
    }
    throw new NotMet(`Nothing came of it in ${MOST_TRIES} tries: ${what}.`);
  }

  async #outcome(
    person: Name,
    before: { readonly mark: number; readonly said: number },
    mark: () => Promise<number>,
  ): Promise<Deed['end']> {
    const until = performance.now() + PATIENCE_MS;
    while (performance.now() < until) {
      if ((await mark()) !== before.mark) return 'effect';
      if (this.#saidTo(person) > before.said) return 'answer';
      await pause(50, undefined, { signal: this.#stage.signal });
    }
    return 'nothing';
  }

  #saidTo(person: Name): number {
    const id = PEOPLE.find(({ name }) => name === person)?.id;
    return this.#stage.sandbox.slack.messages().filter(({ ephemeralFor }) => ephemeralFor === id).length;
  }
}

/** Slack shows an error if the button is gone. */
async function clickOf(sandbox: Sandbox, name: Name, label: string, id: string): Promise<void> {
  const button = buttonOf(sandbox, name, label, id);
  if (button === undefined) throw new Error(`There is no button ${label} of ${id}.`);
  await sandbox.slack.clickAction(personNamed(name).id, button.message.ts, button.blockId, button.actionId);
}

function buttonOf({ slack }: Sandbox, name: Name, label: string, id: string): Button | undefined {
  return buttonsFor(personNamed(name), slack.messages()).find(
    (one) => one.label === label && JSON.stringify(one.element).includes(id),
  );
}

const personNamed = (name: Name) => PEOPLE.find((one) => one.name === name) ?? PEOPLE[0];
