import { describe, expect, it } from 'vitest';
import { CutShort } from '../../../src/app/watch/proof-notes.ts';
import { type ProveAllPorts, proveAll } from '../../../src/app/watch/prove-all.ts';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import { type Image, imageName } from '../../../src/domain/cluster/archive.ts';
import { proofVerdict } from '../../../src/domain/cluster/proof-result.ts';
import { soundArchives } from '../../../src/domain/guards/archives.ts';
import type { ProofProgress } from '../../../src/domain/questions/verify/proof-report.ts';
import type { ProofWish } from '../../../src/ports/proofs.ts';
import { FakeLab } from '../../fakes/fake-lab.ts';
import { FakeRegistries, imageOf } from '../../fakes/fake-registries.ts';
import { finished } from '../../fixtures/facts.ts';
import { SettableClock } from '../bench.ts';

const [BOOTSTRAP, NODE_2] = ['10.200.3.11', '10.200.3.13'];
const images = soundArchives(finished().bootstrap.archives).flatMap((archive) => archive.images);
const [first, second] = images.map(imageName);
const served = Object.fromEntries(images.map((image) => [imageName(image), imageOf(imageName(image))]));
const ALL: ProofWish = { nodes: [], deep: true };

/** A lab after `add node-2`, with registries that serve real bytes. */
function lab(change: Partial<ProveAllPorts> = {}) {
  const of = new FakeLab();
  of.change = () => finished();
  const registries = new FakeRegistries();
  for (const address of [BOOTSTRAP, NODE_2]) registries.serve(address, served);
  const surprises: unknown[] = [];
  const clock = new SettableClock();
  const ports: ProveAllPorts = {
    ...{ kubernetes: of.kubernetes, bootstrap: of.bootstrap, salt: of.salt, registries, clock, cluster: 'lab' },
    onUnexpected: (error) => void surprises.push(error),
    ...change,
  };
  const seen: ProofProgress[] = [];
  const prove = (wish = ALL, signal = new AbortController().signal) =>
    proveAll(wish, ports, (progress) => void seen.push(progress), signal);
  return { registries, surprises, clock, seen, prove };
}

const away = () => Promise.reject(new Unreachable('node-2', 'registry', 'It is away.'));

describe('a proof outside of any change', () => {
  it('compares every image, reads every engine, and hashes every layer of every registry', async () => {
    const on = lab();
    const result = await on.prove();
    expect(proofVerdict(result)).toBe('proven');
    expect(result).toMatchObject({
      ...{ images: images.length, archives: 3, cut: null, differences: [], unread: [] },
      registries: [
        { node: 'bootstrap', isBootstrap: true },
        { node: 'node-2', isBootstrap: false },
      ],
      engines: { all: 4, right: 4 },
      layers: { blobs: 2 * 3 * images.length },
    });
    expect(on.seen.find(({ unit }) => unit === 'images')).toMatchObject({ total: 2 * images.length });
    const last = on.seen.at(-1);
    expect(last).toMatchObject({ unit: 'bytes', done: last?.total });
  });

  it('reads no layer unless it is deep', async () => {
    const on = lab();
    const blob = () => Promise.reject(new Error('a layer was read'));
    const shallow = lab({ registries: { manifest: (...given) => on.registries.manifest(...given), blob } });
    const result = await shallow.prove({ nodes: [], deep: false });
    expect(proofVerdict(result)).toBe('proven');
    expect(result.layers).toEqual({ blobs: 0, bytes: 0 });
  });

  it('names every image that is missing or differs, and goes on', async () => {
    const on = lab();
    on.registries.drop(NODE_2, first);
    on.registries.serve(NODE_2, { [second ?? '']: imageOf('another image') });
    const { differences } = await on.prove();
    expect(differences).toHaveLength(2);
    expect(differences).toContainEqual({ where: 'node-2', says: `${first} is not served (404)` });
    const other = `${second} has a different manifest than on the bootstrap node`;
    expect(differences).toContainEqual({ where: 'node-2', says: other });
  });

  it('names the wrong layer, also of the bootstrap’s own registry', async () => {
    const wrong = imageOf(first ?? '');
    const [digest = ''] = Object.keys(wrong.blobs);
    const text = wrong.blobs[digest] ?? '';
    const flipped = { ...wrong, blobs: { ...wrong.blobs, [digest]: `X${text.slice(1)}` } };
    const on = lab();
    on.registries.serve(BOOTSTRAP, { [first ?? '']: flipped });
    expect((await on.prove()).differences).toEqual([
      {
        where: 'bootstrap',
        says: expect.stringContaining(`${first} has wrong bytes in the blob ${digest.slice(0, 19)}`),
      },
    ]);
    const ofNode2 = await on.prove({ nodes: ['node-2'], deep: true });
    expect(proofVerdict(ofNode2)).toBe('proven');
    expect(ofNode2.registries).toEqual([{ node: 'node-2', isBootstrap: false }]);
  });

  it('says how many layers were not read, when a registry breaks some answers off', async () => {
    const on = lab();
    const wrong = Object.keys(served[first ?? '']?.blobs ?? {})[0];
    const blob: ProveAllPorts['registries']['blob'] = (address, image, one, ...rest) =>
      address === NODE_2 && one.digest === wrong ? away() : on.registries.blob(address, image, one, ...rest);
    const registries = { manifest: on.registries.manifest.bind(on.registries), blob };
    const result = await lab({ registries }).prove();
    const n = 3 * images.length;
    expect(result.unread).toEqual([{ where: 'node-2', says: `It is away. 1 of ${n} layers were not hashed.` }]);
    expect(result.layers.blobs).toBe(2 * n - 1);
  });

  it('waits for a registry that restarts', async () => {
    const on = lab();
    let failures = 0;
    const manifest = (address: string, image: Image, signal: AbortSignal) => {
      failures += address === NODE_2 ? 1 : 0;
      return address === NODE_2 && failures <= 30 ? away() : on.registries.manifest(address, image, signal);
    };
    const registries = { manifest, blob: on.registries.blob.bind(on.registries) };
    expect(proofVerdict(await lab({ registries }).prove())).toBe('proven');
  });

  it('calls a registry that stays away unknown, with what was not compared, and proves the others', async () => {
    const on = lab();
    on.registries.drop(NODE_2);
    const result = await on.prove();
    expect(proofVerdict(result)).toBe('unknown');
    const n = images.length;
    const says = `Nothing listens at ${NODE_2}. ${n} of ${n} images were not compared.`;
    expect(result.unread).toEqual([{ where: 'node-2', says }]);
    expect(result.layers.blobs).toBe(3 * n);
  });

  it('compares nothing when the bootstrap’s registry is away', async () => {
    const on = lab();
    on.registries.drop(BOOTSTRAP);
    const { differences, unread } = await on.prove({ nodes: [], deep: false });
    expect(differences).toEqual([]);
    expect(unread).toEqual([{ where: 'bootstrap', says: expect.stringContaining('nothing could be compared') }]);
  });

  it('names an engine that lists something else, and calls one that cannot be read unknown', async () => {
    const of = new FakeLab();
    const engines = finished().engines.map((one, at) => {
      if (at === 0) return { node: one.node, is: 'silent', says: 'The minion did not answer.' } as const;
      return at === 1 ? ({ node: one.node, is: 'known', endpoints: ['http://10.9.9.9:8080'] } as const) : one;
    });
    const salt = {
      ...of.salt,
      engines: async (names: readonly string[]) => engines.filter(({ node }) => names.includes(node)),
    };
    const result = await lab({ salt }).prove({ nodes: [], deep: false });
    expect(result.engines).toEqual({ all: 4, right: 2 });
    expect(result.unread).toEqual([{ where: engines[0]?.node, says: 'The minion did not answer.' }]);
    expect(result.differences).toEqual([
      { where: engines[1]?.node, says: expect.stringContaining('does not list exactly') },
    ]);
  });

  it('says that a named node has no registry, or is none', async () => {
    const result = await lab().prove({ nodes: ['node-3', 'node-9'], deep: false });
    expect(proofVerdict(result)).toBe('unknown');
    expect(result.unread).toEqual([
      { where: 'node-3', says: 'node-3 has no registry.' },
      { where: 'node-9', says: 'The cluster has no node node-9.' },
    ]);
    expect(result.registries).toEqual([]);
  });

  it('proves nothing about images that no file lists: of the cluster’s version, and of a mounted solution', async () => {
    const on = lab();
    const seen = finished().bootstrap;
    const isSolution = (one: (typeof seen.archives)[number]) => one.is === 'sound' && one.archive.kind === 'solution';
    const glance = async () => ({
      ...seen,
      archives: seen.archives.filter(isSolution),
      mountedUnlisted: ['old-1.0.0'],
    });
    const result = await lab({
      registries: on.registries,
      bootstrap: { glance },
    }).prove({ nodes: [], deep: false });
    expect(proofVerdict(result)).toBe('unknown');
    expect(result.unread.map(({ says }) => says)).toEqual([
      'bootstrap.yaml lists no archive of 128.0.1. Its images were not compared.',
      'old-1.0.0 is mounted, but listed in no file. Its images were not compared.',
    ]);
  });

  it('is incomplete when the archives changed meanwhile', async () => {
    let looks = 0;
    const glance = async () => {
      looks += 1;
      const { bootstrap } = finished();
      return looks === 1 ? bootstrap : { ...bootstrap, archives: bootstrap.archives.slice(1) };
    };
    const result = await lab({ bootstrap: { glance } }).prove({ nodes: [], deep: false });
    expect(result.unread).toEqual([
      { where: 'the bootstrap node', says: 'The archives on the bootstrap node changed meanwhile.' },
    ]);
  });

  it('keeps what it has when it is cut short', async () => {
    const cut = new AbortController();
    const on = lab();
    on.registries.drop(NODE_2, first);
    const blob = () => {
      cut.abort(new CutShort('worker-stopped', 'The worker was stopped.'));
      return Promise.reject(cut.signal.reason);
    };
    const registries = { manifest: on.registries.manifest.bind(on.registries), blob };
    const result = await lab({ registries }).prove(ALL, cut.signal);
    expect(result.cut).toEqual({ is: 'worker-stopped', says: 'The worker was stopped.' });
    expect(result.differences).toHaveLength(1);
    expect(result.unread).toEqual([]);
  });

  it('reports an unexpected error, and is incomplete', async () => {
    const on = lab({ salt: { ...new FakeLab().salt, engines: () => Promise.reject(new TypeError('a defect')) } });
    const result = await on.prove();
    expect(proofVerdict(result)).toBe('unknown');
    expect(on.surprises).toEqual([expect.any(TypeError)]);
  });
});
