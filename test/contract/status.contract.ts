import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterStatus } from '../../src/domain/questions/status/cluster-status.ts';
import type { StatusBoard } from '../../src/ports/status.ts';

/** The board of one cluster without a status, as its worker and its bot have it. */
export interface OpenedBoard {
  readonly worker: StatusBoard;
  readonly bot: StatusBoard;
  close(): Promise<void>;
}

export const EMPTY_STATUS: ClusterStatus = {
  cluster: 'c1',
  at: '2026-11-22T10:00:00.000Z',
  version: '128.0.1',
  archives: [],
  registries: [],
  engines: { all: 0, right: 0, unread: [], moreUnread: 0 },
  gaps: [],
  unknown: ['Kubernetes does not answer.'],
  troubles: [],
};

/** The contract of the last status. */
export function statusContract(name: string, open: () => Promise<OpenedBoard>): void {
  describe(`${name}: the status of a cluster`, () => {
    let opened: OpenedBoard;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());

    it('is none before the first inspection, then the last one', async () => {
      const { worker, bot } = opened;
      expect(await bot.seen()).toEqual({ is: 'none' });
      await worker.put(EMPTY_STATUS, 0);
      expect(await bot.seen()).toMatchObject({ is: 'seen', status: EMPTY_STATUS, answers: 0 });
      await worker.put({ ...EMPTY_STATUS, unknown: [] }, 7);
      expect(await bot.seen()).toMatchObject({ is: 'seen', status: { unknown: [] }, answers: 7 });
    });

    it('can be asked for again and again: each request is larger than the one before', async () => {
      const first = await opened.bot.ask();
      const second = await opened.bot.ask();
      expect(first).toBeGreaterThan(0);
      expect(second).toBeGreaterThan(first);
    });
  });
}
