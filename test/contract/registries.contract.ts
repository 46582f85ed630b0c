import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { Unreachable } from '../../src/domain/answers/failure.ts';
import type { Registries } from '../../src/ports/cluster.ts';
import { type FakeImage, imageOf } from '../fakes/fake-registries.ts';

/** One registry at `address`, with an image; `nowhere` has no registry. */
export interface RegistriesStage {
  readonly registries: Registries;
  readonly address: string;
  readonly nowhere: string;
  close(): Promise<void>;
}

const { signal } = new AbortController();
const NGINX = { prefix: 'metalk8s-128.0.1', name: 'nginx', tag: '1.27.0-alpine' };
const UNKNOWN = { ...NGINX, tag: '1.0' };
const NO_BLOB = { digest: `sha256:${'0'.repeat(64)}`, size: 1 };
const ignore = (): void => undefined;

/** The contract of Registries. */
export function registriesContract(
  stageFor: (images: Readonly<Record<string, FakeImage>>) => Promise<RegistriesStage>,
): void {
  const image = imageOf('nginx');
  const blobs = Object.entries(image.blobs).map(([digest, text]) => ({ digest, size: text.length }));
  const on = async (act: (stage: RegistriesStage) => Promise<void>) => {
    const stage = await stageFor({ 'metalk8s-128.0.1/nginx:1.27.0-alpine': image });
    await act(stage).finally(() => stage.close());
  };

  test('returns the digest of the served bytes', () =>
    on(async ({ registries, address }) => {
      const manifest = await registries.manifest(address, NGINX, signal);
      expect(manifest?.sha256).toBe(createHash('sha256').update(image.manifest).digest('hex'));
      expect(manifest?.blobs).toEqual(blobs);
    }));

  test('returns null for a missing image', () =>
    on(async ({ registries, address }) => {
      expect(await registries.manifest(address, UNKNOWN, signal)).toBeNull();
      expect(await registries.blob(address, UNKNOWN, NO_BLOB, ignore, signal)).toBeNull();
      expect(await registries.blob(address, NGINX, NO_BLOB, ignore, signal)).toBeNull();
    }));

  test('hashes the bytes of a layer, and reports how many have come', () =>
    on(async ({ registries, address }) => {
      for (const blob of blobs) {
        let received = 0;
        const served = await registries.blob(
          address,
          NGINX,
          blob,
          (bytes) => {
            received = bytes;
          },
          signal,
        );
        expect(served).toEqual({ size: blob.size, sha256: blob.digest.slice('sha256:'.length) });
        expect(received).toBe(blob.size);
      }
    }));

  test('returns the size of a layer that is longer or shorter than its manifest says, without a hash', () =>
    on(async ({ registries, address }) => {
      for (const { digest, size } of blobs) {
        for (const wrong of [size - 1, size + 1])
          expect(await registries.blob(address, NGINX, { digest, size: wrong }, ignore, signal)).toEqual({
            size,
            sha256: null,
          });
      }
    }));

  test('throws Unreachable for an unreachable registry', () =>
    on(async ({ registries, nowhere }) => {
      const away = (error: unknown) => error instanceof Unreachable && error.fault === 'registry';
      await expect(registries.manifest(nowhere, NGINX, signal)).rejects.toSatisfy(away);
      await expect(registries.blob(nowhere, NGINX, NO_BLOB, ignore, signal)).rejects.toSatisfy(away);
    }));

  test('can be aborted', () =>
    on(async ({ registries, address }) => {
      const reason = new Error('stopped');
      await expect(registries.manifest(address, NGINX, AbortSignal.abort(reason))).rejects.toBe(reason);
    }));
}
