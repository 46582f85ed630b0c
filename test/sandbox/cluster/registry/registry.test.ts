import { createHash } from 'node:crypto';
import { copyFile, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeOf, type Started, started, until } from '../started.ts';

const GAP = `
cluster: { version: 128.0.1 }
archives:
  - { kind: metalk8s, version: 127.0.6, path: /srv/scality/releases/old.iso }
  - { kind: metalk8s, version: 128.0.1, path: /srv/scality/releases/new.iso }
  - { kind: solution, name: example-solution, version: 0.1.0, path: /srv/scality/releases/solution.iso }
nodes:
  - { name: bootstrap, ip: 11, roles: [bootstrap] }
  - { name: node-1, ip: 12, roles: [node] }
  - { name: node-2, ip: 13, roles: [node] }
registries: [{ node: node-1, gap: true }]
`;
const ETCD = '/v2/metalk8s-128.0.1/etcd';
const LAST = '/v2/metalk8s-128.0.1/salt-master';

let cluster: Started;
beforeAll(async () => {
  cluster = await started(GAP);
});
afterAll(() => cluster[Symbol.asyncDispose]());

const get = (path: string, init?: RequestInit, node = 'bootstrap') => cluster.http(node, path, init);
const sha256 = (bytes: ArrayBuffer) => `sha256:${createHash('sha256').update(Buffer.from(bytes)).digest('hex')}`;

interface Manifest {
  readonly config: { readonly digest: string; readonly size: number };
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
}

describe('a complete registry', () => {
  it('answers /v2 as MetalK8s does', async () => {
    const moved = await get('/v2');
    expect([moved.status, moved.headers.get('location')]).toEqual([301, '/v2/']);
    expect(await (await get('/v2/')).text()).toBe('ok');
    expect((await get('/v2/_catalog')).status).toBe(404);
  });

  it('serves a manifest by tag and by digest, and each blob with the size in the manifest', async () => {
    const byTag = await get(`${ETCD}/manifests/3.5.14-0`);
    const body = await byTag.arrayBuffer();
    const digest = byTag.headers.get('docker-content-digest') ?? '';
    expect(byTag.headers.get('content-type')).toBe('application/vnd.docker.distribution.manifest.v2+json');
    expect(digest).toBe(sha256(body));
    expect(sha256(await (await get(`${ETCD}/manifests/${digest}`)).arrayBuffer())).toBe(digest);
    const { config, layers }: Manifest = JSON.parse(Buffer.from(body).toString());
    for (const { digest: blob, size } of [config, ...layers]) {
      const answer = await get(`${ETCD}/blobs/${blob}`);
      const bytes = await answer.arrayBuffer();
      expect([sha256(bytes), bytes.byteLength, answer.headers.get('docker-content-digest')]).toEqual([
        blob,
        size,
        null,
      ]);
      const head = await get(`${ETCD}/blobs/${blob}`, { method: 'HEAD' });
      expect([head.headers.get('content-length'), head.headers.get('accept-ranges')]).toEqual([String(size), 'bytes']);
      expect(head.headers.get('etag')).toMatch(/^"[0-9a-f]+-[0-9a-f]+"$/);
    }
  });

  it('serves a range of a blob', async () => {
    const { layers }: Manifest = JSON.parse(await (await get(`${ETCD}/manifests/3.5.14-0`)).text());
    const url = `${ETCD}/blobs/${layers[0]?.digest}`;
    const whole = Buffer.from(await (await get(url)).arrayBuffer());
    const part = await get(url, { headers: { range: 'bytes=100-199' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 100-199/${whole.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(100, 200))).toBe(true);
    expect((await get(url, { headers: { range: `bytes=${whole.length}-` } })).status).toBe(416);
  });

  it('lists tags, versions and packages', async () => {
    expect(await (await get(`${ETCD}/tags/list`)).json()).toEqual({ name: 'etcd', tags: ['3.5.14-0'] });
    const index = await (await get('/')).text();
    expect(index).toContain('href="metalk8s-127.0.6/"');
    expect(index).not.toContain('example-solution');
    expect((await get('/metalk8s-128.0.1')).status).toBe(301);
    expect((await get('/metalk8s-128.0.1/')).status).toBe(200);
    const repomd = await get('/metalk8s-128.0.1/redhat/8/metalk8s-scality-el8/repodata/repomd.xml');
    expect(await repomd.text()).toContain('<revision>128.0.1</revision>');
  });

  it.each([
    '/v2/metalk8s-9.9.9/etcd/manifests/1',
    `${ETCD}/manifests/9`,
    '/v2/metalk8s-128.0.1/none/tags/list',
    '/etc/fstab',
    '/metalk8s-128.0.1/../../etc/fstab',
    '/metalk8s-128.0.1/%2e%2e/%2e%2e/etc/fstab',
  ])('%s is nginx’s 404 page', async (path) => {
    const answer = await get(path);
    expect(answer.status).not.toBe(200);
    expect(await answer.text()).toContain('<center>nginx/');
  });

  it('accepts no uploads', async () => {
    expect((await get('/', { method: 'POST' })).status).toBe(405);
  });
});

describe('an incomplete registry', () => {
  it('answers 404 for every image of the other version after the documented procedure, but serves its packages', async () => {
    expect((await get('/v2/metalk8s-127.0.6/etcd/manifests/3.5.14-0', {}, 'node-1')).status).toBe(404);
    expect((await get('/metalk8s-127.0.6/redhat/8/metalk8s-epel-el8/repodata/repomd.xml', {}, 'node-1')).status).toBe(
      200,
    );
    const report = (await cluster.cluster.report())['node-1'];
    expect([report?.served, report?.expected, report?.missing[0]]).toEqual([
      8,
      13,
      'metalk8s-127.0.6/pause:3.9 (manifest: HTTP 404)',
    ]);
  });

  it('applies a later include from the next start of the pod', async () => {
    const include = '/var/lib/metalk8s/repositories/conf.d/99-metalk8s-127.0.6-registry.inc';
    const manifests = '/etc/kubernetes/manifests';
    const { run } = cluster;
    const text = (await run('bootstrap', `cat -- ${include}`)).stdout;
    await run('node-1', `dd of=${include} status=none`, Buffer.from(text));
    expect((await cluster.cluster.report())['node-1']?.served).toBe(8);
    await run('node-1', `mv -nT -- ${manifests}/repositories.yaml /root/kept`);
    await until('the pod is gone', () => nodeOf(cluster.cluster, 'node-1').registry === null);
    await expect(get('/', {}, 'node-1')).rejects.toThrow();
    await run('node-1', `mv -nT -- /root/kept ${manifests}/repositories.yaml`);
    await until('the pod is Ready', () => nodeOf(cluster.cluster, 'node-1').registry?.ready === true);
    expect((await cluster.cluster.report())['node-1']?.served).toBe(13);
  });

  it('loses the other version’s include with include-lost', async () => {
    await cluster.cluster.fault('include-lost', ['node-1']);
    expect((await cluster.cluster.report())['node-1']?.served).toBe(8);
  });

  it('reads a renamed manifest unless its name begins with a dot', async () => {
    const manifests = '/etc/kubernetes/manifests';
    await cluster.run('node-1', `mv -nT -- ${manifests}/repositories.yaml ${manifests}/old.bak`);
    await cluster.run('node-1', `mv -nT -- ${manifests}/old.bak ${manifests}/.old`);
    await until('the pod is gone', () => nodeOf(cluster.cluster, 'node-1').registry === null);
    await cluster.run('node-1', `mv -nT -- ${manifests}/.old ${manifests}/old.bak`);
    await until('the pod is Ready', () => nodeOf(cluster.cluster, 'node-1').registry?.ready === true);
  });

  it('runs a copy of the manifest too, and notices what nobody moved over SSH', async () => {
    const manifests = '/etc/kubernetes/manifests';
    const { root } = nodeOf(cluster.cluster, 'node-1');
    await copyFile(join(root, manifests, 'old.bak'), join(root, manifests, 'copy.yaml'));
    await cluster.run('node-1', `mv -nT -- ${manifests}/old.bak /root/kept`);
    await sleep(300);
    expect(nodeOf(cluster.cluster, 'node-1').registry).not.toBe(null);
    await rename(join(root, manifests, 'copy.yaml'), join(root, 'root/copy.yaml'));
    await until('the pod is gone', () => nodeOf(cluster.cluster, 'node-1').registry === null);
    await rename(join(root, 'root/kept'), join(root, manifests, 'old.bak'));
    await until('the pod is Ready', () => nodeOf(cluster.cluster, 'node-1').registry?.ready === true);
  });

  it('reads the manifests beside a link to nothing, as beside a file that is just removed', async () => {
    const manifests = '/etc/kubernetes/manifests';
    const { root } = nodeOf(cluster.cluster, 'node-1');
    await symlink('nowhere', join(root, manifests, 'a-link.yaml'));
    await cluster.run('node-1', `mv -nT -- ${manifests}/old.bak /root/kept`);
    await until('the pod is gone', () => nodeOf(cluster.cluster, 'node-1').registry === null);
    await cluster.run('node-1', `mv -nT -- /root/kept ${manifests}/repositories.yaml`);
    await until('the pod is Ready', () => nodeOf(cluster.cluster, 'node-1').registry?.ready === true);
  });

  it('reports a manifest missing on disk in the registry’s JSON', async () => {
    const { root } = nodeOf(cluster.cluster, 'node-1');
    await rm(join(root, 'srv/scality/metalk8s-128.0.1/images/etcd/3.5.14-0/manifest.json'));
    const answer = await get(`${ETCD}/manifests/3.5.14-0`, {}, 'node-1');
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('TAG_INVALID')]);
  });
});

describe('a registry with faults', () => {
  it('bad-layer: different bytes, same length, same headers', async () => {
    const { layers }: Manifest = JSON.parse(await (await get(`${LAST}/manifests/3002.9-1`)).text());
    const url = `${LAST}/blobs/${layers.at(-1)?.digest}`;
    const good = await get(url);
    await cluster.cluster.fault('bad-layer', ['bootstrap']);
    const bad = await get(url);
    for (const header of ['etag', 'content-length', 'last-modified'])
      expect(bad.headers.get(header)).toBe(good.headers.get(header));
    expect(sha256(await bad.arrayBuffer())).not.toBe(sha256(await good.arrayBuffer()));
    expect((await cluster.cluster.report()).bootstrap).toMatchObject({
      served: 12,
      missing: [expect.stringMatching(/salt-master.*different bytes/)],
    });
    await cluster.cluster.clearFault('bad-layer');
  });

  it('bad-manifest: the digest header does not match the body', async () => {
    await cluster.cluster.fault('bad-manifest', ['bootstrap']);
    const bad = await get(`${LAST}/manifests/3002.9-1`);
    expect(bad.headers.get('docker-content-digest')).not.toBe(sha256(await bad.arrayBuffer()));
    await cluster.cluster.clearFault('bad-manifest');
  });

  it('bootstrap-registry-incomplete and -not-ready apply until cleared', async () => {
    await cluster.cluster.fault('bootstrap-registry-incomplete', []);
    await cluster.cluster.fault('bootstrap-registry-not-ready', []);
    expect((await cluster.cluster.report()).bootstrap).toMatchObject({ registry: 'notReady', served: 12 });
    await cluster.cluster.clearFault('bootstrap-registry-incomplete');
    await cluster.cluster.clearFault('bootstrap-registry-not-ready');
    expect((await cluster.cluster.report()).bootstrap).toMatchObject({ registry: 'ready', served: 13 });
  });

  it('port-taken: the pod starts only once the port is free', async () => {
    const manifests = '/etc/kubernetes/manifests';
    await cluster.cluster.fault('port-taken', ['node-2']);
    const manifest = (await cluster.run('bootstrap', `cat ${manifests}/repositories.yaml`)).stdout;
    for (const id of ['metalk8s-127.0.6', 'metalk8s-128.0.1', 'example-solution-0.1.0']) {
      await cluster.run('node-2', `mkdir -p /srv/scality/${id}/images`);
      await cluster.run('node-2', `mkdir -p /srv/scality/${id}/packages`);
    }
    await cluster.run('node-2', 'mkdir -p /var/lib/metalk8s/repositories/conf.d');
    await cluster.run(
      'node-2',
      'dd of=/var/lib/metalk8s/repositories/conf.d/default.conf status=none',
      Buffer.from('x'),
    );
    await cluster.run('node-2', 'dd of=/root/kept status=none', Buffer.from(manifest));
    await cluster.run('node-2', `mv -nT -- /root/kept ${manifests}/repositories.yaml`);
    await until('kubelet has seen it', () => nodeOf(cluster.cluster, 'node-2').registry !== null);
    expect((await cluster.cluster.report())['node-2']?.registry).toBe('notReady');
    await cluster.cluster.clearFault('port-taken');
    await until('it is Ready', () => nodeOf(cluster.cluster, 'node-2').registry?.ready === true);
    expect((await cluster.cluster.report())['node-2']).toMatchObject({ registry: 'ready', served: 0 });
  });
});
