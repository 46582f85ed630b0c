import { createHash } from 'node:crypto';
import { Unreachable } from '../../src/domain/answers/failure.ts';
import { type Image, imageName } from '../../src/domain/cluster/archive.ts';
import type { Blob, ServedBlob, ServedManifest } from '../../src/domain/cluster/registry.ts';
import type { Registries } from '../../src/ports/cluster.ts';

/** An image in a registry: the manifest's text, and the texts of its blobs by digest. */
export interface FakeImage {
  readonly manifest: string;
  readonly blobs: Readonly<Record<string, string>>;
}

/** Registries in memory: images by address and name; an address without a registry is unreachable. */
export class FakeRegistries implements Registries {
  readonly #images = new Map<string, Map<string, FakeImage>>();

  /** Starts a registry at this address, or adds images to it. */
  serve(address: string, images: Readonly<Record<string, FakeImage>>): void {
    const has = this.#images.get(address) ?? new Map<string, FakeImage>();
    for (const [name, image] of Object.entries(images)) has.set(name, image);
    this.#images.set(address, has);
  }

  /** Removes an image, or the whole registry. */
  drop(address: string, name?: string): void {
    if (name === undefined) this.#images.delete(address);
    else this.#images.get(address)?.delete(name);
  }

  async manifest(address: string, image: Image, signal: AbortSignal): Promise<ServedManifest | null> {
    const found = this.#find(address, image, signal);
    if (found === undefined) return null;
    const { config, layers }: { config: Blob; layers: readonly Blob[] } = JSON.parse(found.manifest);
    const blobs = [config, ...layers].map(({ digest, size }) => ({ digest, size }));
    return { sha256: createHash('sha256').update(found.manifest).digest('hex'), blobs };
  }

  async blob(
    address: string,
    image: Image,
    { digest, size }: Blob,
    onBytes: (received: number) => void,
    signal: AbortSignal,
  ): Promise<ServedBlob | null> {
    const text = this.#find(address, image, signal)?.blobs[digest];
    if (text === undefined) return null;
    if (text.length !== size) return { size: text.length, sha256: null };
    onBytes(size);
    return { size, sha256: createHash('sha256').update(text).digest('hex') };
  }

  #find(address: string, image: Image, signal: AbortSignal): FakeImage | undefined {
    signal.throwIfAborted();
    const images = this.#images.get(address);
    if (images === undefined) throw new Unreachable(address, 'registry', `Nothing listens at ${address}.`);
    return images.get(imageName(image));
  }
}

/** An image whose content depends on a word. */
export function imageOf(word: string): FakeImage {
  const texts = new Map<string, string>();
  const blob = (text: string): Blob => {
    const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
    texts.set(digest, text);
    return { digest, size: text.length };
  };
  const config = blob(`config of ${word}`);
  const layers = [blob(`first layer of ${word}`), blob('a layer that all share')];
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config,
    layers,
  });
  return { manifest, blobs: Object.fromEntries(texts) };
}
