import { execFile } from 'node:child_process';
import { chmod, copyFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sshShell } from '../../../../src/adapters/ssh/run/shell.ts';
import type { NodeAccess } from '../../../../src/domain/cluster/facts.ts';
import { command } from '../../../../src/domain/node-commands/command.ts';
import { exit } from '../../../../src/domain/node-commands/ended.ts';
import { PATIENCE_MS } from '../../../fixtures/patience.ts';
import { limits, type SshStage, sshStage } from '../stage.ts';

let stage: SshStage;
beforeAll(async () => {
  stage = await sshStage({ userKeyType: 'rsa' });
  await stage.pin();
});
afterAll(() => stage.close());

const login = (change: Partial<NodeAccess>, limitMs = PATIENCE_MS) =>
  stage.shell.run({ ...stage.access, ...change }, command('true'), limits({ limitMs }));

describe('logging in', () => {
  it('works with the RSA keys that MetalK8s makes', async () => {
    expect(await login({})).toMatchObject({ ended: exit(0) });
  });

  it('finds the key below the root of the cluster’s paths', async () => {
    const { knownHostsPath, folder, access } = stage;
    const shell = sshShell({ knownHostsPath, root: folder });
    const result = await shell.run({ ...access, keyPath: '/user-key' }, command('true'), limits());
    await shell.close();
    expect(result.ended).toEqual(exit(0));
  });

  it('explains a rejected key as permission-denied, with the file to fix', async () => {
    const stranger = join(stage.folder, 'stranger');
    const other = await strangersKey(stranger);
    const { host, port, user } = stage.access;
    await expect(login({ keyPath: other })).rejects.toMatchObject({
      fault: 'permission-denied',
      says:
        `The bootstrap node cannot log in on node-2 (${host}:${port}) as ${user} with ${other}: the node rejected the key. ` +
        `Add its public key to ~${user}/.ssh/authorized_keys on that node.`,
    });
  });

  it('refuses a private key that others can read', async () => {
    const keyPath = join(stage.folder, 'open-key');
    await copyFile(stage.access.keyPath, keyPath);
    await chmod(keyPath, 0o644);
    const says = expect.stringContaining(`chmod 0600 ${keyPath}`);
    await expect(login({ keyPath })).rejects.toMatchObject({ fault: 'key-unsafe', says });
  });

  it('explains a missing, relative or invalid key', async () => {
    const says = (text: string) => ({ fault: 'key-missing', says: expect.stringContaining(text) });
    await expect(login({ keyPath: '/nowhere/key' })).rejects.toMatchObject(says('it does not exist'));
    await expect(login({ keyPath: 'salt-ssh.rsa' })).rejects.toMatchObject(says('not an absolute path'));
    const keyPath = join(stage.folder, 'no-key');
    await writeFile(keyPath, 'hello\n', { mode: 0o600 });
    await expect(login({ keyPath })).rejects.toMatchObject(says('it is not a private key'));
    const encrypted = join(stage.folder, 'encrypted');
    await strangersKey(encrypted, 'secret');
    await expect(login({ keyPath: encrypted })).rejects.toMatchObject(says('encrypted with a passphrase'));
  });
});

describe('an unreachable node', () => {
  let silent: Server | undefined;
  afterEach(() => silent?.close());

  it('is reported when the port is closed', async () => {
    const says = expect.stringContaining('the connection was refused');
    await expect(login({ port: 1 })).rejects.toMatchObject({ fault: 'unreachable', says });
  });

  it('is reported when the name does not resolve', async () => {
    await expect(login({ host: 'node-2.invalid' })).rejects.toMatchObject({ fault: 'unreachable' });
  });

  it('times out at the limit', async () => {
    const server = createServer();
    silent = server;
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    await expect(login({ port }, 300)).rejects.toMatchObject({ fault: 'unreachable' });
    await expect(
      stage.shell.hostKey({ ...stage.access, port }, { signal: new AbortController().signal, limitMs: 300 }),
    ).rejects.toMatchObject({ fault: 'unreachable' });
  });
});

/** A key that no server knows. */
async function strangersKey(path: string, passphrase = ''): Promise<string> {
  await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', path]);
  return path;
}
