import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { endpointsOf } from '../../../../sandbox/cluster/kube/objects/endpoints.ts';
import { render } from '../../../../src/domain/node-commands/command.ts';
import {
  dropFromFstab,
  keptManifest,
  unmount,
  withdrawManifest,
} from '../../../../src/domain/node-commands/undo-commands.ts';
import { PATIENT } from '../../../fixtures/patience.ts';
import { nodeOf, type Started, started } from '../started.ts';

let cluster: Started;
beforeAll(async () => {
  cluster = await started();
});
afterAll(() => cluster[Symbol.asyncDispose]());

const ID = 'metalk8s-128.0.1';
const TARGET = `/srv/scality/${ID}`;
const ISO = `/srv/scality/releases/${ID}.iso`;
const run = (line: string, node = 'bootstrap') => cluster.run(node, line);
const failed = (words: string) => ({ stdout: '', stderr: `umount: ${words}\n`, code: 32 });
const bootstrap = () => nodeOf(cluster.cluster, 'bootstrap');

describe('a simulated node whose registry is removed', () => {
  it('lets only root unmount, and only mounted paths', async () => {
    expect(await run(render(unmount(TARGET)), 'node-2')).toEqual(failed(`${TARGET}: must be superuser to unmount.`));
    expect(await run(render(unmount('/srv')))).toEqual(failed('/srv: not mounted.'));
    expect((await run('umount -f /srv')).code).toBe(1);
  });

  it('keeps a mount busy until the pod is gone, which Kubernetes shows later', async () => {
    expect(await run(render(unmount(TARGET)))).toEqual(failed(`${TARGET}: target is busy.`));
    expect((await run(render(withdrawManifest(keptManifest('lab-7f3k2q'))))).code).toBe(0);
    await vi.waitFor(() => expect(bootstrap().registry).toBeNull(), PATIENT);
    await vi.waitFor(() => expect(endpointsOf(cluster.cluster.world).read().ready).toEqual([]), PATIENT);
    expect(await run(render(unmount(TARGET)))).toEqual({ stdout: '', stderr: '', code: 0 });
    expect((await run(`ls -1 ${TARGET}`)).stdout).toBe('');
    expect(bootstrap().mounts.map(({ target }) => target)).not.toContain(TARGET);
  });

  it('loses exactly one line of /etc/fstab with the undo script', async () => {
    const before = (await run('cat /etc/fstab')).stdout;
    expect(before).toContain(`\t${TARGET}\t`);
    expect((await run(render(dropFromFstab(ISO, TARGET)))).code).toBe(0);
    const after = (await run('cat /etc/fstab')).stdout;
    expect(after).toBe(
      before
        .split('\n')
        .filter((line) => !line.includes(`\t${TARGET}\t`))
        .join('\n'),
    );
    expect((await run('test -e /etc/fstab.registry-ha')).code).toBe(1);
    expect((await run(render(dropFromFstab(ISO, TARGET)), 'node-2')).code).toBe(1);
  });

  it('allows deleting a mounted archive, as Linux does, and shows it in the loop device', async () => {
    const other = '/srv/scality/releases/metalk8s-127.0.6.iso';
    expect((await run(`rm -f -- ${other}`)).code).toBe(0);
    expect((await run('losetup -J -O NAME,BACK-FILE,BACK-INO,BACK-MAJ:MIN')).stdout).toContain(`${other} (deleted)`);
  });
});
