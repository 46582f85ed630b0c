import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProofResult } from '../../src/domain/cluster/proof-result.ts';
import type { ProofBoard } from '../../src/ports/proofs.ts';

/** The board of one cluster without a request and without a report, as its worker and its bot have it. */
export interface OpenedProofBoard {
  readonly worker: ProofBoard;
  readonly bot: ProofBoard;
  close(): Promise<void>;
}

export const PROVEN: ProofResult = {
  cluster: 'lab',
  began: '2026-11-22T10:00:00.000Z',
  ended: '2026-11-22T10:00:20.000Z',
  deep: true,
  registries: [
    { node: 'bootstrap', isBootstrap: true },
    { node: 'node-2', isBootstrap: false },
  ],
  archives: 3,
  images: 13,
  layers: { blobs: 52, bytes: 8_500_000 },
  engines: { all: 4, right: 4 },
  differences: [],
  moreDifferences: 0,
  unread: [],
  moreUnread: 0,
  cut: null,
};

/** The contract of requests for proofs and their reports. */
export function proofsContract(name: string, open: () => Promise<OpenedProofBoard>): void {
  describe(`${name}: proofs of a cluster`, () => {
    let opened: OpenedProofBoard;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());

    it('has no report before the first proof, then the last one', async () => {
      const { worker, bot } = opened;
      expect(await bot.seen()).toEqual({ is: 'none' });
      const running = { is: 'running', request: 7, progress: null } as const;
      await worker.put(running);
      expect(await bot.seen()).toMatchObject({ is: 'seen', report: running });
      const ended = { is: 'ended', request: 7, result: PROVEN, journal: null } as const;
      await worker.put(ended);
      expect(await bot.seen()).toMatchObject({ is: 'seen', report: ended });
    });

    it('gives a request to the worker once, and takes no other one until then', async () => {
      const { worker, bot } = opened;
      expect(await worker.take()).toBeNull();
      const wish = { nodes: ['node-2'], deep: true };
      const request = await bot.ask(wish);
      expect(request).toBeGreaterThan(0);
      expect(await bot.ask({ nodes: [], deep: false })).toBeNull();
      expect(await worker.take()).toEqual({ request, ...wish });
      expect(await worker.take()).toBeNull();
      const next = await bot.ask({ nodes: [], deep: false });
      expect(next).not.toBe(request);
      expect(await worker.take()).toEqual({ request: next, nodes: [], deep: false });
    });
  });
}
