import { createHash } from 'node:crypto';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeOf, type Started, started } from '../started.ts';

let cluster: Started;
beforeAll(async () => {
  cluster = await started();
});
afterAll(() => cluster[Symbol.asyncDispose]());

const run = (line: string, stdin?: Buffer, node = 'node-1') => cluster.run(node, line, stdin);
const asCentos = (line: string, stdin?: Buffer) => run(line, stdin, 'node-2');
const root = (node = 'node-1') => nodeOf(cluster.cluster, node).root;
const text = (stdout: string) => ({ stdout, stderr: '', code: 0 });
const says = (stderr: string, code = 1) => ({ stdout: '', stderr: `${stderr}\n`, code });

describe('dd', () => {
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 251));

  it('writes its input, with the same digest at both ends', async () => {
    expect(await run('dd of=/root/a bs=1M conv=fdatasync iflag=fullblock status=none', bytes)).toEqual(text(''));
    const hex = createHash('sha256').update(bytes).digest('hex');
    expect(await run('sha256sum -- /root/a')).toEqual(text(`${hex}  /root/a\n`));
    expect(await run('openssl dgst -sha256 -r /root/a')).toEqual(text(`${hex} */root/a\n`));
  });

  it('resumes a cut copy at its last byte, and appends', async () => {
    await run('dd of=/root/b bs=1M status=none', bytes.subarray(0, 100_001));
    await run(
      'dd of=/root/b bs=1M seek=100001 oflag=seek_bytes conv=notrunc,fsync status=none',
      bytes.subarray(100_001, 200_000),
    );
    await run('dd of=/root/b bs=1M oflag=append conv=notrunc status=none', bytes.subarray(200_000));
    expect((await run('sha256sum /root/b')).stdout).toContain(createHash('sha256').update(bytes).digest('hex'));
  });

  it('truncates the file at the seek point unless notrunc is given', async () => {
    await run('dd of=/root/c bs=10 status=none', Buffer.alloc(100));
    await run('dd of=/root/c bs=10 seek=2 status=none', Buffer.alloc(5));
    expect(await run('stat -c %s /root/c')).toEqual(text('25\n'));
    await run('dd of=/root/c bs=10 oflag=append status=none', Buffer.alloc(5));
    expect(await run('stat -c %s /root/c')).toEqual(text('5\n'));
  });

  it('refuses an existing file with conv=excl', async () => {
    expect(await run('dd of=/root/a conv=excl status=none')).toEqual(says("dd: failed to open '/root/a': File exists"));
  });

  it('rejects an unknown operand', async () => {
    expect((await run('dd of=/root/x size=4')).stderr).toContain("dd: unrecognized operand 'size=4'");
    expect((await run('dd of=/root/x conv=sparse')).stderr).toContain("dd: invalid conversion: 'sparse'");
  });

  it('stops on a full disk and keeps what fitted; removing the file frees the space', async () => {
    await cluster.cluster.fault('disk-full', ['node-3', '100000']);
    const full = "dd: error writing '/root/a': No space left on device";
    expect(await run('dd of=/root/a bs=1M conv=fdatasync status=none', bytes, 'node-3')).toEqual(says(full));
    expect(await run('stat -c %s /root/a', undefined, 'node-3')).toEqual(text('100000\n'));
    expect((await run('df -B1 --output=avail,size,target -- /root', undefined, 'node-3')).stdout).toMatch(
      /^ +Avail +1B-blocks Mounted on\n +0 +\d+ \/\n$/,
    );
    await run('rm -f -- /root/a', undefined, 'node-3');
    expect((await run('df -B1 --output=avail,size,target /root', undefined, 'node-3')).stdout).toMatch(/\n +100000 /);
    await cluster.cluster.clearFault('disk-full');
  });
});

describe('files and their owners', () => {
  it('mkdir, chmod, chown and stat agree', async () => {
    await run('mkdir -p -m 0750 -- /srv/one/two');
    expect(await run("stat -c '%a %U:%G %F' -- /srv/one /srv/one/two")).toEqual(
      text('755 root:root directory\n750 root:root directory\n'),
    );
    await run('chmod 0700 -- /srv/one/two');
    await run('chown bin:bin -- /srv/one/two');
    expect((await run('stat -c %a /srv/one/two')).stdout).toBe('700\n');
    expect(await run('chown bin:bin -- /srv/one/two')).toEqual(says("chown: invalid user: 'bin:bin'"));
  });

  it('mv -n keeps an existing file and prints nothing, as coreutils 8.30 does', async () => {
    await run('dd of=/root/from status=none', Buffer.from('from'));
    await run('dd of=/root/to status=none', Buffer.from('to'));
    expect(await run('mv -nT -- /root/from /root/to')).toEqual(text(''));
    expect(await run('cat -- /root/to')).toEqual(text('to'));
    await run('rm -f -- /root/to /root/never');
    await run('mv -nT -- /root/from /root/to');
    expect([await run('cat /root/to'), await run('test -e /root/from')]).toMatchObject([text('from'), { code: 1 }]);
  });

  it('ln creates a second name only once', async () => {
    await run('dd of=/root/l1 status=none', Buffer.from('x'));
    expect(await run('ln -T -- /root/l1 /root/l2')).toEqual(text(''));
    expect(await run('ln -T -- /root/l1 /root/l2')).toEqual(
      says("ln: failed to create hard link '/root/l2': File exists"),
    );
    expect((await run('stat -c %h /root/l2')).stdout).toBe('2\n');
  });

  it('ls, head and truncate match the real programs', async () => {
    await run('mkdir -p /root/d');
    for (const name of ['b', 'a', '.c']) await run(`dd of=/root/d/${name} status=none`, Buffer.from('0123456789'));
    expect(await run('ls -1 -- /root/d')).toEqual(text('a\nb\n'));
    expect(await run('ls -1A -- /root/d')).toEqual(text('.c\na\nb\n'));
    expect(await run('head -c 4 -- /root/d/a')).toEqual(text('0123'));
    await run('truncate -s 3 -- /root/d/a');
    expect(await run('cat /root/d/a')).toEqual(text('012'));
    expect(await run('ls -1 /none')).toEqual(says("ls: cannot access '/none': No such file or directory", 2));
    expect(await run('sync -- /root/d/a')).toEqual(text(''));
  });

  it.each([
    ['cat -- /none', 'cat: /none: No such file or directory'],
    ['cat -- /root', 'cat: /root: Is a directory'],
    ['stat -c %s /none', "stat: cannot statx '/none': No such file or directory"],
    ['rm -f -- /root', "rm: cannot remove '/root': Is a directory"],
    ['mv -nT -- /none /root/x', "mv: cannot stat '/none': No such file or directory"],
    ['df -B1 --output=avail,size,target -- /none', 'df: /none: No such file or directory'],
    ['sha256sum -- /none', 'sha256sum: /none: No such file or directory'],
  ])('%s', async (line, stderr) => {
    expect(await run(line)).toEqual(says(stderr));
  });

  it('let no path or link lead out of the node', async () => {
    const outside = join(root(), '../outside');
    await writeFile(outside, 'secret of this computer');
    await mkdir(join(root(), 'root/links'), { recursive: true });
    await symlink(outside, join(root(), 'root/links/absolute'));
    await symlink('../../../outside', join(root(), 'root/links/relative'));
    await symlink('loop', join(root(), 'root/links/loop'));
    for (const path of ['/../outside', '/root/../../outside', '/root/links/absolute', '/root/links/relative']) {
      expect((await run(`cat -- ${path}`)).stdout, path).toBe('');
    }
    await run('dd of=/root/links/relative status=none', Buffer.from('x'));
    expect((await run('cat /outside')).stdout).toBe('x');
    expect((await run('cat /root/links/loop')).stderr).toContain('Too many levels of symbolic links');
  });
});

describe('users', () => {
  it('let a user without sudo write only at home and in /tmp, and read nothing of root’s', async () => {
    expect(await asCentos('dd of=mine status=none', Buffer.from('x'))).toEqual(text(''));
    expect(await asCentos("stat -c '%U %n' /home/centos/mine")).toEqual(text('centos /home/centos/mine\n'));
    expect(await asCentos('dd of=/srv/x status=none')).toEqual(says("dd: failed to open '/srv/x': Permission denied"));
    expect(await asCentos('mkdir -p -- /srv/x')).toEqual(
      says("mkdir: cannot create directory '/srv/x': Permission denied"),
    );
    expect((await asCentos('ls -1 -- /var/lib/metalk8s')).stderr).toContain('Permission denied');
    expect(await asCentos('chown centos:centos -- /etc/fstab')).toMatchObject({ code: 1 });
    expect(await asCentos('salt-call test.ping')).toMatchObject({ code: 1 });
  });

  it('sudo -n runs as root, also with env', async () => {
    expect(await asCentos('sudo -n env LC_ALL=C.UTF-8 ls -1 -- /var/lib/metalk8s')).toEqual(text('repositories\n'));
  });

  it('sudo reports a required password', async () => {
    await cluster.cluster.fault('sudo-password', ['node-2']);
    expect(await asCentos('sudo -n true')).toEqual(says('sudo: a password is required'));
    await cluster.cluster.clearFault('sudo-password');
    expect(await run('sudo -n hostname')).toEqual(text('node-1\n'));
  });

  it('let only root read the key of all nodes', async () => {
    expect((await run("stat -c '%a %U' /etc/metalk8s/pki/salt-bootstrap", undefined, 'bootstrap')).stdout).toBe(
      '600 root\n',
    );
  });
});

describe('what a node reports about itself', () => {
  it('has no openssl if described so', async () => {
    expect(await run('openssl dgst -sha256 -r /etc/fstab', undefined, 'node-3')).toEqual(
      says('bash: line 1: openssl: command not found', 127),
    );
  });

  it('lists mounts and loop devices', async () => {
    const mounts = JSON.parse(
      (await run('findmnt -J -t iso9660 -o TARGET,SOURCE,FSTYPE,OPTIONS', undefined, 'bootstrap')).stdout,
    );
    expect(mounts.filesystems[1]).toMatchObject({
      target: '/srv/scality/metalk8s-128.0.1',
      source: '/dev/loop1',
      fstype: 'iso9660',
    });
    const loops = JSON.parse(
      (await run('losetup -J -O NAME,BACK-FILE,BACK-INO,BACK-MAJ:MIN', undefined, 'bootstrap')).stdout,
    );
    expect(loops.loopdevices[1]).toEqual({
      name: '/dev/loop1',
      'back-file': '/srv/scality/releases/metalk8s-128.0.1.iso',
      'back-ino': expect.any(Number),
      'back-maj:min': expect.stringMatching(/^ *\d+:\d+ *$/),
    });
  });

  it('prints empty lists and exits 0 if nothing is mounted, as the captured tools do', async () => {
    const captured: Record<string, { stdout: string; code: number }> = JSON.parse(
      await readFile(join(import.meta.dirname, '../../../fixtures/tools/debian-12.json'), 'utf8'),
    );
    for (const [line, probe] of [
      ['findmnt -J -t iso9660 -o TARGET,SOURCE,FSTYPE,OPTIONS', 'findmnt-none'],
      ['losetup -J -O NAME,BACK-FILE,BACK-INO,BACK-MAJ:MIN', 'losetup-none'],
    ] as const)
      expect(await run(line)).toEqual({ stdout: captured[probe]?.stdout, stderr: '', code: captured[probe]?.code });
  });

  it('shows port 8080 in ss if a registry or something else uses it', async () => {
    const has8080 = async (node: string) => (await run('ss -H -ltn', undefined, node)).stdout.includes(':8080 ');
    expect([await has8080('bootstrap'), await has8080('node-1')]).toEqual([true, false]);
    await cluster.cluster.fault('port-taken', ['node-1']);
    expect(await has8080('node-1')).toBe(true);
    await cluster.cluster.clearFault('port-taken');
    expect(await has8080('node-1')).toBe(false);
  });

  it('has isoinfo and salt-call', async () => {
    expect((await run('isoinfo -version')).stdout).toContain('isoinfo');
    expect((await run('salt-call --version')).stdout).toBe('salt-call 3002.9\n');
    const product = await run(
      "isoinfo -x '/PRODUCT.TXT;1' -i /srv/scality/releases/metalk8s-128.0.1.iso",
      undefined,
      'bootstrap',
    );
    expect(product.stdout).toContain('VERSION=128.0.1');
  });
});
