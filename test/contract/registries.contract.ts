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
const SHA = `sha256:${'0'.repeat(64)}`;

/** The contract of Registries. */
export function registriesContract(
  stageFor: (images: Readonly<Record<string, FakeImage>>) => Promise<RegistriesStage>,
): void {
  const image = imageOf('nginx');
  const on = async (act: (stage: RegistriesStage) => Promise<void>) => {
    const stage = await stageFor({ 'metalk8s-128.0.1/nginx:1.27.0-alpine': image });
    await act(stage).finally(() => stage.close());
  };

  test('returns the digest of the served bytes', () =>
    on(async ({ registries, address }) => {
      const manifest = await registries.manifest(address, NGINX, signal);
      expect(manifest?.sha256).toBe(createHash('sha256').update(image.manifest).digest('hex'));
      expect(manifest?.blobs).toEqual(Object.entries(image.blobs).map(([digest, size]) => ({ digest, size })));
    }));

  test('returns null for a missing image', () =>
    on(async ({ registries, address }) => {
      expect(await registries.manifest(address, UNKNOWN, signal)).toBeNull();
      expect(await registries.blobSize(address, UNKNOWN, SHA, signal)).toBeNull();
      expect(await registries.blobSize(address, NGINX, SHA, signal)).toBeNull();
    }));

  test('returns the size of a layer', () =>
    on(async ({ registries, address }) => {
      for (const [digest, size] of Object.entries(image.blobs)) {
        expect(await registries.blobSize(address, NGINX, digest, signal)).toBe(size);
      }
    }));

  test('throws Unreachable for an unreachable registry', () =>
    on(async ({ registries, nowhere }) => {
      const away = (error: unknown) => error instanceof Unreachable && error.fault === 'registry';
      await expect(registries.manifest(nowhere, NGINX, signal)).rejects.toSatisfy(away);
      await expect(registries.blobSize(nowhere, NGINX, SHA, signal)).rejects.toSatisfy(away);
    }));

  test('can be aborted', () =>
    on(async ({ registries, address }) => {
      const reason = new Error('stopped');
      await expect(registries.manifest(address, NGINX, AbortSignal.abort(reason))).rejects.toBe(reason);
    }));
}
