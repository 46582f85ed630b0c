import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bootstrapNode } from '../../src/adapters/bootstrap/bootstrap-node.ts';
import { registries } from '../../src/adapters/registry/registries.ts';
import { Unreachable } from '../../src/domain/answers/failure.ts';
import { soundArchives } from '../../src/domain/guards/archives.ts';
import { proveImages } from '../../src/steps/world/prove-images.ts';
import { BOOTSTRAP_FILE, SOLUTIONS_FILE } from '../fixtures/bootstrap-root.ts';
import { PATIENCE_MS } from '../fixtures/patience.ts';
import { nodeOf, type Started, started } from '../sandbox/cluster/started.ts';

const CLUSTER = `
cluster: { version: 128.0.1 }
archives:
  - { kind: metalk8s, version: 128.0.1, path: /srv/scality/releases/new.iso }
nodes:
  - { name: bootstrap, ip: 21, roles: [bootstrap] }
  - { name: node-1, ip: 22, roles: [node] }
registries: [{ node: node-1 }]
`;
const { signal } = new AbortController();
let world: Started;

beforeAll(async () => {
  world = await started(CLUSTER);
});
afterEach(async () => {
  for (const name of ['bad-layer', 'layer-cut', 'layer-reset', 'layer-stalled', 'layer-slow'])
    await world.cluster.clearFault(name);
});
afterAll(() => world[Symbol.asyncDispose]());

async function proof(waitMs = PATIENCE_MS) {
  const { bootstrapRoot: root } = world.cluster;
  const bootstrap = bootstrapNode({ root, bootstrapFile: BOOTSTRAP_FILE, solutionsFile: SOLUTIONS_FILE });
  const { archives } = await bootstrap.look(signal);
  const progress: number[] = [];
  const compared = {
    registries: registries({ port: 8080, waitMs }),
    clock: { steadyMs: () => performance.now() },
    archives: soundArchives(archives),
    source: nodeOf(world.cluster, 'bootstrap').ip,
    copies: [{ node: 'node-1', address: nodeOf(world.cluster, 'node-1').ip }],
    onProgress: ({ done, total }: { done: number; total: number }) => void progress.push(done / total),
  };
  return { proven: await proveImages(compared, signal), progress };
}

/** Where and why the proof could not be made. */
async function unread(waitMs?: number) {
  const error = await proof(waitMs).catch((thrown: unknown) => thrown);
  if (error instanceof Unreachable) return { where: error.where, says: error.says };
  throw error;
}

describe('the proof of a registry', () => {
  test('hashes every layer of every image, and reports how far it is', async () => {
    const { proven, progress } = await proof();
    expect(proven).toMatchObject({ is: 'same', images: 5, blobs: expect.any(Number), bytes: expect.any(Number) });
    expect(progress.at(-1)).toBe(1);
    expect(progress.toSorted((a, b) => a - b)).toEqual(progress);
  });

  test('fails for a layer of the right size with one other byte', async () => {
    await world.cluster.fault('bad-layer', ['node-1']);
    expect((await proof()).proven).toMatchObject({
      is: 'different',
      node: 'node-1',
      says: expect.stringMatching(/^On node-1, metalk8s-128\.0\.1\/\S+ has wrong bytes in the blob sha256:/),
    });
  });

  test.each([
    ['layer-cut', /^The registry did not return \S+\/blobs\/sha256:\w+: it closed the connection after \d+ bytes\.$/],
    ['layer-reset', /^The registry did not return \S+: the connection was reset after \d+ bytes\.$/],
  ])('names the node and the bytes that came: %s', async (fault, says) => {
    await world.cluster.fault(fault, ['node-1']);
    expect(await unread()).toEqual({ where: 'node-1', says: expect.stringMatching(says) });
  });

  test('gives up a layer of which no byte comes any more', async () => {
    await world.cluster.fault('layer-stalled', ['node-1']);
    expect(await unread(1_000)).toEqual({
      where: 'node-1',
      says: expect.stringMatching(/: it sent nothing for 1 s after \d+ bytes\.$/),
    });
  });

  test('waits for a slow layer as long as its bytes come', async () => {
    await world.cluster.fault('layer-slow', ['node-1', '20000']);
    expect((await proof(1_500)).proven).toMatchObject({ is: 'same' });
  });
});
