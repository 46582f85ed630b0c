import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bootstrapNode } from '../../../../src/adapters/bootstrap/bootstrap-node.ts';
import { BootstrapRoot } from '../../../fixtures/bootstrap-root.ts';

const { signal } = new AbortController();
const PATH = '/srv/a.iso';
let place: BootstrapRoot;
let cache: string;
let said: string[];

beforeEach(async () => {
  place = await BootstrapRoot.make();
  cache = place.at('/var/lib/registry-ha/digests.json');
  await mkdir(dirname(cache), { recursive: true });
  await place.put(PATH, 'the content');
  said = [];
});
afterEach(() => place.remove());

const node = () => bootstrapNode({ ...place.options, digestCachePath: cache, log: (says) => said.push(says) });
const digest = () => node().sha256(PATH, signal);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Puts a wrong digest into the cache, so that its use can be seen. */
async function poison(): Promise<void> {
  const text = await readFile(cache, 'utf8');
  await writeFile(cache, text.replace(/[0-9a-f]{64}/, 'f'.repeat(64)));
}

describe('the digest cache', () => {
  test('keeps digests across restarts of the worker', async () => {
    expect(await digest()).toBe(sha256('the content'));
    await poison();
    expect(await digest()).toBe('f'.repeat(64));
    expect((await stat(cache)).mode & 0o777).toBe(0o600);
    expect(await readdir(dirname(cache))).toEqual(['digests.json']);
  });

  test('is only read by a command beside the worker, which owns the file', async () => {
    const guest = () => bootstrapNode({ ...place.options, digestCachePath: cache, keepsDigests: false });
    expect(await guest().sha256(PATH, signal)).toBe(sha256('the content'));
    expect(await readdir(dirname(cache))).toEqual([]);
    await digest();
    await poison();
    expect(await guest().sha256(PATH, signal)).toBe('f'.repeat(64));
  });

  test('hashes a file again that was changed in place', async () => {
    await digest();
    await poison();
    const { atime, mtime } = await stat(place.at(PATH));
    await writeFile(place.at(PATH), 'THE CONTENT');
    await utimes(place.at(PATH), atime, mtime);
    expect(await digest()).toBe(sha256('THE CONTENT'));
  });

  test('does not cache the digest of a part', async () => {
    expect(await node().sha256(PATH, signal, 3)).toBe(sha256('the'));
    expect(await digest()).toBe(sha256('the content'));
  });

  test.each([['{'], ['[]'], ['{"version":2,"sha256":{}}'], ['{"version":1,"sha256":{"x":"y"}}'], ['']])(
    'discards a damaged cache: %s',
    async (text) => {
      await writeFile(cache, text);
      expect(await digest()).toBe(sha256('the content'));
      expect(said).toEqual(['Digest cache discarded; archives are hashed again']);
      expect(await digest()).toBe(sha256('the content'));
      expect(said).toHaveLength(1);
    },
  );

  test('works without a cache when the folder is not writable', async () => {
    cache = join(place.root, 'no/such/folder/digests.json');
    expect(await digest()).toBe(sha256('the content'));
    expect(said).toEqual(['Digest cache could not be written']);
  });
});

describe('reading an archive', () => {
  test('fails when the file changes meanwhile', async () => {
    await place.put(PATH, Buffer.alloc(600_000, 'a'));
    const chunks = node().read(PATH, 0, signal)[Symbol.asyncIterator]();
    await chunks.next();
    await appendFile(place.at(PATH), 'more');
    const rest = async () => {
      while (!(await chunks.next()).done);
    };
    await expect(rest()).rejects.toThrow('it was changed while the worker read it');
  });

  test('closes the file when the reader stops early', async () => {
    await place.put(PATH, Buffer.alloc(600_000, 'a'));
    const open = async () => (await readdir('/proc/self/fd')).length;
    const before = await open();
    for (let at = 0; at < 5; at += 1) {
      for await (const chunk of node().read(PATH, 0, signal)) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
    }
    expect(await open()).toBe(before);
  });
});
