import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cards } from '../../src/ports/cards.ts';
import type { Changes } from '../../src/ports/record.ts';
import { PATIENCE_MS } from '../fixtures/patience.ts';
import * as events from './changes-events.ts';

/** Cards of cluster `c1` beside its record, both empty. */
export interface OpenedCards {
  readonly cards: Cards;
  readonly changes: Changes;
  /** Waits until leases of `ms` have expired. */
  outlast(ms: number): Promise<void>;
  close(): Promise<void>;
}

const LEASE_MS = 60;

/** The contract of cards. */
export function cardsContract(name: string, open: () => Promise<OpenedCards>): void {
  describe(`${name}: cards`, () => {
    let opened: OpenedCards;
    let cards: Cards;
    beforeAll(async () => {
      opened = await open();
      cards = opened.cards;
    });
    afterAll(() => opened?.close());

    const request = async (id: string) => {
      await opened.changes.append(id, 0, events.requested(id));
      return id;
    };
    const drawTo = async (id: string, revision: number) => {
      let kept = false;
      await cards.whileLeased(id, 5_000, async (lease) => {
        kept = await lease.commit(revision);
      });
      return kept;
    };

    it('remembers the place of a card', async () => {
      const id = await request('c1-place2');
      expect(await cards.place(id)).toBeNull();
      await cards.hang(id, { channel: 'C1', ts: '1.2' });
      expect(await cards.place(id)).toEqual({ channel: 'C1', ts: '1.2' });
    });

    it('keeps the list of steps, beside the card', async () => {
      const id = await request('c1-steps2');
      expect(await cards.stepList(id)).toBeNull();
      const list = { place: { channel: 'C1', ts: '1.3' }, card: '1.2', shows: '' };
      await cards.keepStepList(id, list);
      await cards.keepStepList(id, { ...list, shows: 'two done' });
      expect(await cards.stepList(id)).toEqual({ ...list, shows: 'two done' });
      expect(await cards.place(id)).toBeNull();
    });

    it('lets one replica draw at a time', async () => {
      const id = await request('c1-draw22');
      const inside = Promise.withResolvers<void>();
      const leave = Promise.withResolvers<void>();
      const first = cards.whileLeased(id, 5_000, async () => {
        inside.resolve();
        await leave.promise;
      });
      await inside.promise;
      expect(await cards.whileLeased(id, 5_000, async () => undefined)).toBe(false);
      leave.resolve();
      expect(await first).toBe(true);
      expect(await cards.whileLeased(id, 5_000, async () => undefined)).toBe(true);
    });

    it('releases the lease when drawing fails', async () => {
      const id = await request('c1-throw2');
      const broken = cards.whileLeased(id, 5_000, () => Promise.reject(new Error('Slack is away')));
      await expect(broken).rejects.toThrow('Slack is away');
      expect(await cards.whileLeased(id, 5_000, async () => undefined)).toBe(true);
    });

    it('never replaces a card by an older revision', async () => {
      const id = await request('c1-back22');
      expect(await drawTo(id, 5)).toBe(true);
      expect(await drawTo(id, 4)).toBe(false);
      await cards.whileLeased(id, 5_000, async (lease) => expect(lease.drawn).toBe(5));
    });

    it('remembers what else a card shows, until its place changes', async () => {
      const id = await request('c1-aside2');
      await cards.hang(id, { channel: 'C1', ts: '1.2' });
      await cards.whileLeased(id, 5_000, async (lease) => {
        expect(lease.aside).toBe('');
        expect(await lease.commit(1, 'the worker is silent')).toBe(true);
      });
      await cards.whileLeased(id, 5_000, async ({ aside }) => expect(aside).toBe('the worker is silent'));
      await cards.hang(id, { channel: 'C1', ts: '9.9' });
      await cards.whileLeased(id, 5_000, async ({ aside }) => expect(aside).toBe(''));
    });

    it('records nothing for a replica whose lease has expired', async () => {
      const id = await request('c1-late22');
      await cards.whileLeased(id, LEASE_MS, async (late) => {
        await opened.outlast(LEASE_MS);
        expect(await drawTo(id, 2)).toBe(true);
        expect(await late.commit(7)).toBe(false);
      });
      await cards.whileLeased(id, 5_000, async (lease) => expect(lease.drawn).toBe(2));
    });

    it('lets one of twenty replicas post a reply, and another replica if that failed', async () => {
      const id = await request('c1-reply2');
      const claim = async () => {
        const claims = await Promise.all(Array.from({ length: 20 }, () => cards.claimReply(id, 'done', PATIENCE_MS)));
        return claims.filter((one) => one === 'ours').length;
      };
      expect(await claim()).toBe(1);
      expect(await cards.claimReply(id, 'approved', PATIENCE_MS)).toBe('ours');
      await cards.releaseReply(id, 'done');
      expect(await claim()).toBe(1);
    });

    it('lets another replica post a reply whose claim expired, and none once it was posted', async () => {
      const id = await request('c1-died22');
      expect(await cards.claimReply(id, 'approved', PATIENCE_MS)).toBe('ours');
      expect(await cards.claimReply(id, 'approved', PATIENCE_MS)).toBe('busy');
      expect(await cards.claimReply(id, 'done', LEASE_MS)).toBe('ours');
      await opened.outlast(LEASE_MS);
      expect(await cards.claimReply(id, 'done', LEASE_MS)).toBe('ours');
      await cards.confirmReply(id, 'done');
      await opened.outlast(LEASE_MS);
      expect(await cards.claimReply(id, 'done', LEASE_MS)).toBe('posted');
    });

    it('finds cards that are older than the record, also of ended changes', async () => {
      const id = await request('c1-behind');
      const isBehind = async () => (await cards.behind()).includes(id);
      expect(await isBehind()).toBe(true);
      await drawTo(id, 1);
      expect(await isBehind()).toBe(false);
      await opened.changes.progress(id, events.halfway);
      expect(await isBehind()).toBe(true);
      await opened.changes.append(id, 1, events.denied);
      await drawTo(id, 2);
      expect(await isBehind()).toBe(true);
      await drawTo(id, 3);
      expect(await isBehind()).toBe(false);
    });

    it('redraws a card whose place has changed', async () => {
      const id = await request('c1-moved2');
      await cards.hang(id, { channel: 'C1', ts: '1.2' });
      await drawTo(id, 1);
      await cards.hang(id, { channel: 'C1', ts: '1.2' });
      expect(await cards.behind()).not.toContain(id);
      await cards.hang(id, { channel: 'C1', ts: '9.9' });
      expect(await cards.behind()).toContain(id);
    });

    it('refuses a change of an unknown cluster', async () => {
      await expect(cards.place('c9-abc234')).rejects.toThrow(/known cluster/);
    });
  });
}
