import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newKeyPair } from '../../../../sandbox/cluster/ssh/keys.ts';
import { PATIENCE_MS } from '../../../fixtures/patience.ts';
import { exec, nodeOf, type Ran, type Started, started, until } from '../started.ts';

let cluster: Started;
beforeAll(async () => {
  cluster = await started();
});
afterAll(() => cluster[Symbol.asyncDispose]());

const ANY_HOST_KEY = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'];

/** Runs the real ssh client, as an operator would. */
function openssh(
  name: string,
  words: readonly string[],
  options: readonly string[] = ANY_HOST_KEY,
  key?: string,
): Promise<Ran> {
  const { ip, ssh } = nodeOf(cluster.cluster, name);
  const identity = key ?? join(cluster.cluster.bootstrapRoot, 'etc/metalk8s/pki/salt-bootstrap');
  const args = ['-F', 'none', '-o', 'BatchMode=yes', '-i', identity, '-p', String(ssh.port), ...options];
  return new Promise((resolve) => {
    const child = execFile(
      'ssh',
      [...args, `${ssh.user}@${ip}`, ...words],
      { timeout: PATIENCE_MS },
      (_, stdout, stderr) => {
        resolve({ stdout, stderr, code: child.exitCode });
      },
    );
    child.stdin?.end();
  });
}

describe("a node's SSH server, with OpenSSH's own client", () => {
  it('runs a program and returns its output and exit code', async () => {
    expect(await openssh('node-2', ['hostname'])).toEqual({ stdout: 'node-2\n', stderr: '', code: 0 });
    expect(await openssh('node-1', ['test -e /nowhere'])).toMatchObject({ code: 1 });
    expect(await openssh('node-1', ['frobnicate --now'])).toMatchObject({
      stderr: 'bash: line 1: frobnicate: command not found\n',
      code: 127,
    });
  });

  it('rejects an unquoted shell word with exit code 2', async () => {
    expect(await openssh('node-1', ['cat /etc/fstab | head'])).toMatchObject({ stdout: '', code: 2 });
  });

  it('rejects another key', async () => {
    const key = join(cluster.cluster.bootstrapRoot, 'tmp/stranger');
    await writeFile(key, newKeyPair('stranger').private);
    await chmod(key, 0o600);
    const { code, stderr } = await openssh('node-1', ['true'], ANY_HOST_KEY, key);
    expect({ code, stderr }).toMatchObject({
      code: 255,
      stderr: expect.stringContaining('Permission denied (publickey)'),
    });
  });

  it('offers no shell, terminal or subsystem', async () => {
    expect((await openssh('node-1', [])).code).toBe(255);
    expect((await openssh('node-1', ['sftp'], ['-s', ...ANY_HOST_KEY])).code).not.toBe(0);
    expect(
      (
        await openssh(
          'node-1',
          ['true'],
          ['-tt', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'],
        )
      ).stderr,
    ).toContain('PTY allocation request failed');
  });

  it('runs many commands on one connection, up to sshd’s limit', async () => {
    const client = await cluster.connect('node-1');
    const names = await Promise.all(Array.from({ length: 10 }, () => exec(client, 'hostname')));
    expect(names.every((one) => one.stdout === 'node-1\n' && one.code === 0)).toBe(true);
    const many = await Promise.allSettled(
      Array.from({ length: 14 }, () => exec(client, 'salt-call --out=json test.ping')),
    );
    expect(many.filter((one) => one.status === 'rejected')).toHaveLength(4);
    client.end();
  });

  it('records commands in the command log, with exit codes', async () => {
    await cluster.run('node-3', 'cat -- /nowhere');
    expect(nodeOf(cluster.cluster, 'node-3').commandLog.at(-1)).toMatchObject({
      via: 'ssh',
      line: 'cat -- /nowhere',
      exitCode: 1,
    });
  });
});

describe('faults of the connection to a node', () => {
  it('ssh-refused refuses the connection until it is cleared', async () => {
    await cluster.cluster.fault('ssh-refused', ['node-1']);
    expect((await openssh('node-1', ['true'])).stderr).toContain('Connection refused');
    await cluster.cluster.clearFault('ssh-refused');
    expect((await openssh('node-1', ['true'])).code).toBe(0);
  });

  it('ssh-auth rejects every login', async () => {
    await cluster.cluster.fault('ssh-auth', ['node-1']);
    expect((await openssh('node-1', ['true'])).stderr).toContain('Permission denied (publickey)');
    await cluster.cluster.clearFault('ssh-auth');
  });

  it('host-key-changed shows another key from now on', async () => {
    const known = join(cluster.cluster.bootstrapRoot, 'tmp/known');
    const pinned = ['-o', `UserKnownHostsFile=${known}`, '-o', 'StrictHostKeyChecking=accept-new'];
    expect((await openssh('node-3', ['true'], pinned)).code).toBe(0);
    await cluster.cluster.fault('host-key-changed', ['node-3']);
    expect((await openssh('node-3', ['true'], pinned)).stderr).toContain('Host key verification failed');
    expect((await openssh('node-3', ['true'])).code).toBe(0);
    await cluster.cluster.clearFault('host-key-changed');
  });

  it('ssh-cut breaks the connection once, after the given bytes, which are on disk', async () => {
    await cluster.cluster.fault('ssh-cut', ['node-1', '100000']);
    const bytes = Buffer.alloc(400_000, 7);
    expect((await cluster.run('node-1', 'dd of=/root/cut bs=1M status=none', bytes)).code).toBeNull();
    await until(
      'dd has written what it got',
      async () => (await cluster.run('node-1', 'stat -c %s /root/cut')).stdout === '100000\n',
    );
    expect(await cluster.run('node-1', 'dd of=/root/cut bs=1M status=none', bytes)).toMatchObject({ code: 0 });
    expect(cluster.cluster.faults()).toEqual([]);
  });

  it('ssh-slow limits bytes per second', async () => {
    await cluster.cluster.fault('ssh-slow', ['node-1', '200000']);
    const began = performance.now();
    await cluster.run('node-1', 'dd of=/root/slow bs=1M status=none', Buffer.alloc(100_000));
    expect(performance.now() - began).toBeGreaterThan(450);
    await cluster.cluster.clearFault('ssh-slow');
  });

  it('ssh-far delays each login and each command', async () => {
    await cluster.cluster.fault('ssh-far', ['node-1', '0.2']);
    const began = performance.now();
    expect(await cluster.run('node-1', 'true')).toMatchObject({ code: 0 });
    // The client asks whether its key is accepted, signs, and runs the command.
    expect(performance.now() - began).toBeGreaterThan(580);
    await cluster.cluster.clearFault('ssh-far');
  });

  it('ssh-slow ends at once when cleared, also for bytes in transit', async () => {
    const { events } = cluster.cluster.world;
    const listeners = events.listenerCount('changed');
    await cluster.cluster.fault('ssh-slow', ['node-1', '1']);
    const written = cluster.run('node-1', 'dd of=/root/slow bs=1M status=none', Buffer.alloc(100_000));
    await until('the first bytes are held up', () => events.listenerCount('changed') > listeners);
    await cluster.cluster.clearFault('ssh-slow');
    expect((await written).code).toBe(0);
  });

  it('keeps salt-call running when the connection closes', async () => {
    await cluster.cluster.fault('salt-master-down', []);
    const client = await cluster.connect('node-1');
    const line = 'salt-call --out=json --out-indent=-1 --retcode-passthrough test.ping';
    const ended = exec(client, line).catch(() => null);
    await until('salt-call began', () => nodeOf(cluster.cluster, 'node-1').commandLog.at(-1)?.line === line);
    client.destroy();
    expect((await ended)?.code ?? null).toBeNull();
    expect(nodeOf(cluster.cluster, 'node-1').commandLog.at(-1)?.exitCode).toBeNull();
    await until('it came to its own end', () => nodeOf(cluster.cluster, 'node-1').commandLog.at(-1)?.exitCode === 1);
    await cluster.cluster.clearFault('salt-master-down');
  });
});
