import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeOf, type Started, started } from './started.ts';

const OLD = '/srv/scality/releases/metalk8s-127.0.6.iso';
const CURRENT = '/srv/scality/releases/metalk8s-128.0.1.iso';
const STATE =
  'sudo -n salt-call --out=json --out-indent=-1 --retcode-passthrough state.sls metalk8s.archives.mounted saltenv=metalk8s-128.0.1';

let cluster: Started;
beforeAll(async () => {
  cluster = await started();
});
afterAll(() => cluster[Symbol.asyncDispose]());

/** Copies both archives to node-2; omits the last `cut` bytes of the current one. */
async function copyTo(node: string, cut: number): Promise<void> {
  const { bootstrapRoot } = cluster.cluster;
  await cluster.run(node, 'sudo -n mkdir -p -m 0755 -- /srv/scality/releases');
  for (const path of [OLD, CURRENT]) {
    const bytes = await readFile(join(bootstrapRoot, path));
    const sent = bytes.subarray(0, bytes.length - (path === CURRENT ? cut : 0));
    expect((await cluster.run(node, `sudo -n dd of=${path} bs=1M status=none`, sent)).code).toBe(0);
  }
}

describe('mounts', () => {
  it('has correct kernel tables on the bootstrap from the start', async () => {
    const { bootstrapRoot } = cluster.cluster;
    const lines = (await readFile(join(bootstrapRoot, 'proc/self/mountinfo'), 'utf8')).split('\n');
    expect(lines[2]).toMatch(
      /^\d+ 22 7:1 \/ \/srv\/scality\/metalk8s-128\.0\.1 ro,relatime shared:\d+ - iso9660 \/dev\/loop1 ro,/,
    );
    expect(await readFile(join(bootstrapRoot, 'sys/block/loop1/loop/backing_file'), 'utf8')).toBe(`${CURRENT}\n`);
    expect(await readFile(join(bootstrapRoot, 'srv/scality/metalk8s-128.0.1/product.txt'), 'utf8')).toContain(
      'VERSION=128.0.1',
    );
  });

  it('refuses a truncated image with mount(8)’s message', async () => {
    await copyTo('node-2', 1);
    const { stdout, code } = await cluster.run('node-2', STATE);
    expect(code).toBe(2);
    expect(stdout).toMatch(/wrong fs type, bad option, bad superblock on \/dev\/loop1/);
    expect(nodeOf(cluster.cluster, 'node-2').mounts.map((one) => one.target)).toEqual([
      '/srv/scality/metalk8s-127.0.6',
    ]);
  });

  it('mounts a complete image read-only, with the copied bytes', async () => {
    await copyTo('node-2', 0);
    expect((await cluster.run('node-2', STATE)).code).toBe(0);
    const target = '/srv/scality/metalk8s-128.0.1';
    expect((await cluster.run('node-2', `sudo -n dd of=${target}/x status=none`)).stderr).toContain(
      'Read-only file system',
    );
    expect((await cluster.run('node-2', `cat ${target}/product.txt`)).stdout).toContain('VERSION=128.0.1');
    expect((await cluster.run('node-2', 'cat /proc/self/mountinfo')).stdout).toContain(` ${target} ro,relatime `);
    expect((await cluster.run('node-2', 'cat /etc/fstab')).stdout).toContain(
      `${CURRENT}\t\t${target}\tiso9660\tro,nofail`,
    );
  });
});

describe('faults of the bootstrap’s archives', () => {
  const stat = async () => (await cluster.run('bootstrap', `stat -c '%s %i' ${CURRENT}`)).stdout;

  it.each(['archive-missing', 'archive-truncated', 'archive-replaced', 'archive-unreadable'])(
    '%s takes effect at once and is undone by clearing',
    async (name) => {
      const local = join(cluster.cluster.bootstrapRoot, CURRENT);
      const before = [await stat(), (await readFile(local)).length];
      const digest = (await cluster.run('bootstrap', `sha256sum ${CURRENT}`)).stdout;
      await cluster.cluster.fault(name, [CURRENT]);
      expect((await cluster.run('bootstrap', `sha256sum ${CURRENT}`)).stdout).not.toBe(digest);
      if (name === 'archive-missing') await expect(readFile(local)).rejects.toThrow('ENOENT');
      // Reading it would block for ever; a program that checks first sees that it is not a regular file.
      if (name === 'archive-unreadable') expect((await lstat(local)).isFile()).toBe(false);
      await cluster.cluster.clearFault(name);
      expect([await stat(), (await readFile(local)).length]).toEqual(before);
    },
  );

  it('rejects a fault on a missing path and leaves it off', async () => {
    await expect(cluster.cluster.fault('archive-missing', ['/none.iso'])).rejects.toThrow(
      'archive-missing /none.iso: No such file or directory',
    );
    expect(cluster.cluster.faults()).toEqual([]);
  });
});
