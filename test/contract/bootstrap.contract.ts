import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { Failure } from '../../src/domain/answers/failure.ts';
import type { BootstrapFacts } from '../../src/domain/cluster/facts.ts';
import type { BootstrapNode } from '../../src/ports/cluster.ts';
import { metalk8sIso } from '../fixtures/iso.ts';

/** A bootstrap node with one sound archive, which can be replaced. */
export interface BootstrapStage {
  readonly bootstrap: BootstrapNode;
  replace(content: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export const PATH = '/srv/releases/metalk8s-128.0.1.iso';
export const IMAGES = ['etcd/3.5.14-0', 'nginx/1.27.0-alpine'];
/** Not a multiple of the chunk size, so that the last chunk is short. */
export const ISO = metalk8sIso('128.0.1', 700_000);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const { signal } = new AbortController();

export const FACTS: BootstrapFacts = {
  bootstrapFile: { is: 'good' },
  solutionsFile: { is: 'absent' },
  archives: [
    {
      is: 'sound',
      archive: {
        kind: 'metalk8s',
        id: 'metalk8s-128.0.1',
        version: '128.0.1',
        path: PATH,
        size: ISO.length,
        sha256: sha256(ISO),
        images: [
          { prefix: 'metalk8s-128.0.1', name: 'etcd', tag: '3.5.14-0' },
          { prefix: 'metalk8s-128.0.1', name: 'nginx', tag: '1.27.0-alpine' },
        ],
      },
    },
  ],
  mountedUnlisted: ['example-solution-0.1.0'],
  machine: { id: '0f1e2d3c', uuid: null },
};

async function all(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const heard: Uint8Array[] = [];
  for await (const chunk of chunks) heard.push(chunk);
  expect(heard.every((chunk) => chunk.length <= 256 * 1024)).toBe(true);
  return Buffer.concat(heard);
}

/** The contract of BootstrapNode. */
export function bootstrapContract(stageFor: () => Promise<BootstrapStage>): void {
  const on = async (act: (stage: BootstrapStage) => Promise<void>) => {
    const stage = await stageFor();
    await act(stage).finally(() => stage.close());
  };

  test('returns the facts of the node', () =>
    on(async ({ bootstrap }) => {
      expect(await bootstrap.look(signal)).toEqual(FACTS);
    }));

  test('reads an archive from any byte to its end', () =>
    on(async ({ bootstrap }) => {
      expect((await all(bootstrap.read(PATH, 0, signal))).equals(ISO)).toBe(true);
      expect((await all(bootstrap.read(PATH, 300_001, signal))).equals(ISO.subarray(300_001))).toBe(true);
      expect(await all(bootstrap.read(PATH, ISO.length, signal))).toHaveLength(0);
    }));

  test('gives the digest of the first bytes', () =>
    on(async ({ bootstrap }) => {
      expect(await bootstrap.sha256(PATH, signal)).toBe(sha256(ISO));
      expect(await bootstrap.sha256(PATH, signal, 300_001)).toBe(sha256(ISO.subarray(0, 300_001)));
      expect(await bootstrap.sha256(PATH, signal, 0)).toBe(sha256(Buffer.alloc(0)));
      await expect(bootstrap.sha256(PATH, signal, ISO.length + 1)).rejects.toBeInstanceOf(Failure);
    }));

  test('refuses an archive that was replaced after the inspection', () =>
    on(async ({ bootstrap, replace }) => {
      await bootstrap.look(signal);
      await replace(metalk8sIso('128.0.2', 700_000));
      await expect(all(bootstrap.read(PATH, 0, signal))).rejects.toBeInstanceOf(Failure);
    }));

  test('fails when an archive is replaced while it is read', () =>
    on(async ({ bootstrap, replace }) => {
      await bootstrap.look(signal);
      const chunks = bootstrap.read(PATH, 0, signal)[Symbol.asyncIterator]();
      expect((await chunks.next()).done).toBe(false);
      await replace(metalk8sIso('128.0.2', 700_000));
      const rest = async () => {
        while (!(await chunks.next()).done);
      };
      await expect(rest()).rejects.toBeInstanceOf(Failure);
    }));

  test('explains a missing file', () =>
    on(async ({ bootstrap }) => {
      await expect(all(bootstrap.read('/srv/nothing.iso', 0, signal))).rejects.toBeInstanceOf(Failure);
      await expect(bootstrap.sha256('/srv/nothing.iso', signal)).rejects.toBeInstanceOf(Failure);
    }));

  test('can be aborted', () =>
    on(async ({ bootstrap }) => {
      const reason = new Error('stopped');
      await expect(bootstrap.look(AbortSignal.abort(reason))).rejects.toBe(reason);
      await expect(all(bootstrap.read(PATH, 0, AbortSignal.abort(reason)))).rejects.toBe(reason);
    }));
}
