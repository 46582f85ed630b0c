import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { OpenSsh } from '../../../../src/adapters/ssh/run/openssh.ts';
import { sshShell } from '../../../../src/adapters/ssh/run/shell.ts';
import { command } from '../../../../src/domain/node-commands/command.ts';
import { limits, type SshStage, sshStage } from '../stage.ts';

const exec = promisify(execFile);

let stage: SshStage;
afterEach(() => stage.close());

const hello = () => stage.shell.run(stage.access, command('echo', 'hello'), limits());

describe('pinned host keys', () => {
  it('are shown with the fingerprint that ssh-keygen prints, without logging in', async () => {
    stage = await sshStage();
    const shown = await stage.shell.hostKey({ ...stage.access, keyPath: '/nowhere' }, limits());
    const { stdout } = await exec('ssh-keygen', ['-l', '-f', `${stage.sshd.hostKeyPath}.pub`]);
    expect(stdout).toContain(shown.fingerprint);
    expect(await readFile(`${stage.sshd.hostKeyPath}.pub`, 'utf8')).toContain(`${shown.algorithm} ${shown.key}`);
  });

  it('are in a file that ssh-keygen -F and ssh can read', async () => {
    stage = await sshStage();
    await stage.pin();
    const { host, port, user, keyPath } = stage.access;
    const { stdout } = await exec('ssh-keygen', ['-F', `[${host}]:${port}`, '-f', stage.knownHostsPath]);
    expect(stdout).toContain('ssh-ed25519');
    const strict = ['-F', '/dev/null', '-o', 'StrictHostKeyChecking=yes', '-o', 'BatchMode=yes'];
    const file = ['-o', `UserKnownHostsFile=${stage.knownHostsPath}`, '-o', 'GlobalKnownHostsFile=/dev/null'];
    const said = await exec('ssh', [
      ...strict,
      ...file,
      '-i',
      keyPath,
      '-p',
      `${port}`,
      `${user}@${host}`,
      'echo',
      'in',
    ]);
    expect(said.stdout).toBe('in\n');
  });

  it('stay with comments when keys are added, and leave no temporary file', async () => {
    stage = await sshStage();
    await stage.pin();
    const before = await readFile(stage.knownHostsPath, 'utf8');
    await writeFile(stage.knownHostsPath, `# by hand\n${before}`);
    const key = { ...(await stage.shell.hostKey(stage.access, limits())), host: '10.0.0.9', port: 22 };
    const other = { ...key, host: '10.0.0.10' };
    await Promise.all([stage.shell.pin([{ node: 'node-9', key }]), stage.shell.pin([{ node: 'node-10', key: other }])]);
    const lines = [
      `10.0.0.9 ${key.algorithm} ${key.key} registry-ha:node-9`,
      `10.0.0.10 ${key.algorithm} ${key.key} registry-ha:node-10`,
    ];
    expect(await readFile(stage.knownHostsPath, 'utf8')).toBe(`# by hand\n${before}${lines.join('\n')}\n`);
    expect(await readdir(dirname(stage.knownHostsPath))).toEqual(['known_hosts']);
  });

  it('stop every login after ssh-keygen -H hashed them, and give the line', async () => {
    stage = await sshStage();
    await stage.pin();
    await exec('ssh-keygen', ['-H', '-f', stage.knownHostsPath]);
    expect(await readFile(stage.knownHostsPath, 'utf8')).toMatch(/^\|1\|/);
    const says = expect.stringContaining('has an unsupported line 1');
    await expect(hello()).rejects.toMatchObject({ fault: 'unreachable', says });
  });

  it('reject a node with another key, and name both keys', async () => {
    stage = await sshStage();
    const { fingerprint } = await stage.shell.hostKey(stage.access, limits());
    await stage.pin();
    await stage.sshd.changeHostKey();
    const says = expect.stringContaining(fingerprint);
    await expect(hello()).rejects.toMatchObject({ fault: 'host-key-changed', says });
  });

  it('count as changed when the node now shows a key of another type only', async () => {
    stage = await sshStage({ hostKeyType: 'rsa' });
    await stage.pin();
    await stage.sshd.changeHostKey('ecdsa');
    await expect(hello()).rejects.toMatchObject({ fault: 'host-key-changed' });
    await expect(stage.shell.hostKey(stage.access, limits())).rejects.toMatchObject({ fault: 'host-key-changed' });
  });

  it('decide the preferred key type, so that a server with several keys is accepted', async () => {
    stage = await sshStage({ hostKeyType: 'rsa' });
    await stage.pin();
    await stage.sshd.addHostKey('ed25519');
    expect(await stage.shell.hostKey(stage.access, limits())).toMatchObject({ algorithm: 'ssh-rsa', pinned: true });
    expect(await hello()).toMatchObject({ stdout: 'hello\n' });
  });

  it('are those of one node: its key is new for another node at the same address', async () => {
    stage = await sshStage();
    await stage.pin();
    expect(await hello()).toMatchObject({ stdout: 'hello\n' });
    const other = { ...stage.access, node: 'node-3' };
    const shown = await stage.shell.hostKey(other, limits());
    expect(shown.pinned).toBe(false);
    // Neither the pooled connection of node-2 nor ssh(1), which does not read the name, serves node-3.
    await expect(stage.shell.run(other, command('true'), limits())).rejects.toMatchObject({
      fault: 'host-key-changed',
    });
    const [openSsh, stdin] = [new OpenSsh({ knownHostsPath: stage.knownHostsPath }), { bytes: Readable.from([]) }];
    const copied = openSsh.run(other, command('true'), { stdin, signal: limits().signal });
    await expect(copied).rejects.toThrow('ssh would accept the key of node-2 for node-3');
    await stage.shell.pin([{ node: 'node-3', key: shown }]);
    expect((await stage.shell.hostKey(other, limits())).pinned).toBe(true);
    expect((await stage.shell.hostKey(stage.access, limits())).pinned).toBe(true);
  });

  it('are rejected when also revoked', async () => {
    stage = await sshStage();
    await stage.pin();
    const line = await readFile(stage.knownHostsPath, 'utf8');
    await writeFile(stage.knownHostsPath, `@revoked * ${line.split(' ').slice(1).join(' ')}${line}`);
    await expect(hello()).rejects.toMatchObject({ says: expect.stringContaining('revoked') });
  });

  it('report an unreadable file', async () => {
    stage = await sshStage();
    const shell = sshShell({ knownHostsPath: stage.folder });
    await expect(shell.hostKey(stage.access, limits())).rejects.toMatchObject({
      says: expect.stringContaining(stage.folder),
    });
    await shell.close();
  });
});
