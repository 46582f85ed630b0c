import { Impossible } from '../../../sandbox/scenario/play/impossible.ts';
import type { Stage } from '../../../sandbox/scenario/play/stage.ts';
import type { Changes, SeenChange } from '../../../sandbox/seen/changes.ts';
import type { SeenText } from '../../../sandbox/seen/texts.ts';

/** A change without any events yet. */
export const ASKED: SeenChange = {
  id: 'lab-abc234',
  verb: 'add',
  state: 'requested',
  says: '',
  isPlanned: false,
  isApproved: false,
  version: 1,
  requestedAt: '2026-11-22T10:00:00.000Z',
  steps: [],
};

/** A fake stage: shows what the test sets, and records what is done on it. */
export class FakeStage implements Stage {
  readonly did: string[] = [];
  seen: Changes = { are: 'seen', changes: [] };
  shown: SeenText[] = [];
  labels: string[] = [];
  dead: string[] = [];
  /** Called at every read of the changes, so that a test can change them over time. */
  onLook: (looks: number) => void = () => undefined;
  #looks = 0;

  show(...changes: readonly SeenChange[]): void {
    this.seen = { are: 'seen', changes };
  }

  async say(person: string, command: string): Promise<string | null> {
    return this.#done(`${person} says ${command}`);
  }

  async click(person: string, label: string): Promise<string | null> {
    return this.#done(`${person} clicks ${label}`);
  }

  hasButton(_person: string, label: string): boolean {
    return this.labels.includes(label);
  }

  async write(person: string, where: string, words: string): Promise<void> {
    this.#done(`${person} ${where} ${words}`);
  }

  async fill(person: string, label: string, words: string): Promise<void> {
    if (!this.labels.includes(label)) throw new Impossible(`The modal has no field "${label}".`);
    this.#done(`${person} fills ${label}: ${words}`);
  }

  async submit(person: string): Promise<void> {
    this.#done(`${person} submits`);
  }

  async changes(): Promise<Changes> {
    this.#looks += 1;
    this.onLook(this.#looks);
    return this.seen;
  }

  texts(): readonly SeenText[] {
    return this.shown;
  }

  modals = () => [];
  homes = () => [];

  async openHome(person: string): Promise<void> {
    this.#done(`${person} opens the Home`);
  }

  idOf(person: string): string {
    return `U0${person.toUpperCase()}`;
  }

  async plant(fault: string, args: readonly string[]): Promise<void> {
    if (fault === 'no-such-fault') throw new Error('Unknown fault no-such-fault.');
    this.#done(['fault', fault, ...args].join(' '));
  }

  async clear(fault: string): Promise<void> {
    this.#done(`clear ${fault}`);
  }

  async operate(name: string, args: readonly string[]): Promise<void> {
    this.#done([name, ...args].join(' '));
  }

  async kill(service: string): Promise<void> {
    this.#done(`kill ${service}`);
  }

  async start(service: string): Promise<void> {
    this.#done(`start ${service}`);
  }

  async terminal(person: string, command: string): Promise<void> {
    this.#done(`terminal ${person}> ${command}`);
  }

  terminals(person: string): readonly { readonly texts: readonly string[] }[] {
    return this.did.filter((act) => act.startsWith(`terminal ${person}>`)).map((act) => ({ texts: [act] }));
  }

  deaths(): readonly string[] {
    return this.dead;
  }

  #done(act: string): null {
    this.did.push(act);
    return null;
  }
}
