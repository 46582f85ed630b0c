import { expect } from 'vitest';
import { type Calls, NO_CALLS } from '../../src/app/policy/calls.ts';
import type { Change, ChangeEvent, ChangeId } from '../../src/domain/change/change.ts';
import { WORKER_THERE, type WorkerState } from '../../src/domain/cluster/worker-state.ts';
import { NOTHING_HELD } from '../../src/domain/policy/active-holds.ts';
import { notifier } from '../../src/slack/outbox/notifier.ts';
import { FakeAnnouncements } from '../fakes/fake-announcements.ts';
import { FakeCards } from '../fakes/fake-cards.ts';
import { FakeChanges } from '../fakes/fake-changes.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { addNode2 } from '../fixtures/facts.ts';
import { ALICE } from './card-events.ts';
import { KeptLog, RecordingSlack } from './recording-slack.ts';

/** The environment of a notifier. Several notifiers in one world are replicas. */
export class World {
  readonly clock = new FakeClock('2026-11-22T10:00:00.000Z');
  readonly announcements = new FakeAnnouncements();
  readonly changes = new FakeChanges('lab', this.announcements);
  readonly cards = new FakeCards([this.changes], this.clock);
  readonly slack = new RecordingSlack(this.clock);
  readonly log = new KeptLog();
  worker: WorkerState = WORKER_THERE;
  calls: Calls = NO_CALLS;
  readonly ahead = new Map<ChangeId, readonly ChangeId[]>();
  readonly rivals = new Map<ChangeId, readonly Change[]>();
  readonly #end = new AbortController();
  readonly #running: Promise<void>[] = [];

  start(): void {
    const { clock, announcements, cards, slack, log } = this;
    const useCases = {
      calls: async () => this.calls,
      rivals: async ({ id }: { id: ChangeId }) => this.rivals.get(id) ?? [],
      waitsFor: async ({ id }: { id: ChangeId }) => this.ahead.get(id) ?? [],
      activeHolds: async () => NOTHING_HELD,
      workerOf: async () => this.worker,
      watchWorkers: async () => ({ busy: new Map([['lab', this.worker]]), others: new Map() }),
    };
    const options = {
      clusters: ['lab'],
      clock,
      announcements,
      cards,
      slack,
      linkTo: ({ ts }: { ts: string }) => `https://sandbox/p${ts}`,
      log,
      useCases,
      changes: () => this.changes,
    };
    this.#running.push(notifier(options).run(this.#end.signal));
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await Promise.all(this.#running);
  }

  async request(id: ChangeId): Promise<void> {
    await this.changes.append(id, 0, {
      type: 'requested',
      at: this.clock.now().toISOString(),
      id,
      intent: addNode2,
      requester: ALICE,
      channel: 'C0OPS',
    });
    await this.cards.hang(id, { channel: 'C0OPS', ts: id });
  }

  async tell(id: ChangeId, ...events: readonly ChangeEvent[]): Promise<void> {
    for (const event of events) {
      const stored = await this.changes.get(id);
      expect(await this.changes.append(id, stored?.version ?? 0, event)).toBe(true);
    }
  }

  get at(): string {
    return this.clock.now().toISOString();
  }
}
