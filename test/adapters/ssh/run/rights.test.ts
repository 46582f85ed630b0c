import { chmod, copyFile, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addKnownKey, parseKnownHosts } from '../../../../src/adapters/ssh/login/known-hosts.ts';
import { OpenSsh } from '../../../../src/adapters/ssh/run/openssh.ts';
import { sshShell } from '../../../../src/adapters/ssh/run/shell.ts';
import type { NodeAccess } from '../../../../src/domain/cluster/facts.ts';
import { type Command, command } from '../../../../src/domain/node-commands/command.ts';
import { PATIENCE_MS } from '../../../fixtures/patience.ts';
import { limits, type SshStage, sshStage } from '../stage.ts';

let stage: SshStage;
beforeAll(async () => {
  stage = await sshStage({ config: ['AllowAgentForwarding yes', 'X11Forwarding yes'] });
  await stage.pin();
});
afterAll(() => stage.close());

/** Both clients: ssh2 for commands, ssh(1) for archives. */
const WAYS: Readonly<Record<string, (access: NodeAccess, what: Command) => Promise<{ readonly stdout: string }>>> = {
  ssh2: async (access, what) => {
    const shell = sshShell({ knownHostsPath: stage.knownHostsPath });
    return await shell.run(access, what, limits()).finally(() => shell.close());
  },
  'ssh(1)': async (access, what) => {
    const file = await open('/dev/null', 'r');
    const ssh = new OpenSsh({ knownHostsPath: stage.knownHostsPath });
    return await ssh
      .run(access, what, { stdin: { fd: file.fd }, signal: AbortSignal.timeout(PATIENCE_MS) })
      .finally(() => file.close());
  },
};

describe.each(Object.entries(WAYS))('%s', (_name, run) => {
  it('takes no agent, display or environment to a node', async () => {
    const kept = { SSH_AUTH_SOCK: process.env['SSH_AUTH_SOCK'], DISPLAY: process.env['DISPLAY'] };
    Object.assign(process.env, { SSH_AUTH_SOCK: join(stage.folder, 'agent.sock'), DISPLAY: ':9' });
    try {
      const { stdout } = await run(stage.access, command('env'));
      expect(stdout).toContain('SSH_CONNECTION=');
      expect(stdout).not.toMatch(/SSH_AUTH_SOCK|DISPLAY|REGISTRY_HA/);
    } finally {
      for (const [name, value] of Object.entries(kept)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });

  it('refuses a private key that others can read', async () => {
    const keyPath = join(stage.folder, 'open-key');
    await copyFile(stage.access.keyPath, keyPath);
    for (const mode of [0o604, 0o640, 0o620]) {
      await chmod(keyPath, mode);
      const says = expect.stringContaining(`chmod 0600 ${keyPath}`);
      await expect(run({ ...stage.access, keyPath }, command('true'))).rejects.toMatchObject({
        fault: 'key-unsafe',
        says,
      });
    }
  });

  it.each(['-oProxyCommand=id', 'root@elsewhere', 'a\nb ssh-ed25519 AAAA', 'two names', 'a,b', '*', ''])(
    'refuses a host annotation with another meaning: %j',
    async (host) => {
      await expect(run({ ...stage.access, host }, command('true'))).rejects.toMatchObject({
        fault: 'unreachable',
        says: expect.stringContaining('metalk8s.scality.com/ssh-host of node-2'),
      });
    },
  );
});

describe('the file of pinned keys', () => {
  it('gets no other line from an annotation or a lying server', async () => {
    const before = await readFile(stage.knownHostsPath, 'utf8');
    const key = await stage.shell.hostKey(stage.access, limits());
    const evil = 'x\n@cert-authority * ssh-ed25519 AAAA';
    await expect(stage.shell.pin([{ node: 'node-2', key: { ...key, host: evil } }])).rejects.toThrow(
      'not valid in known_hosts',
    );
    await expect(stage.shell.pin([{ node: evil, key: { ...key, port: 7 } }])).rejects.toThrow(
      'not valid in known_hosts',
    );
    expect(await readFile(stage.knownHostsPath, 'utf8')).toBe(before);
    for (const wrong of [{ algorithm: evil }, { key: evil }]) {
      expect(() =>
        addKnownKey(parseKnownHosts(''), { node: 'node-2', host: 'node-2', port: 22 }, { ...key, ...wrong }),
      ).toThrow(TypeError);
    }
  });

  it('accepts no server by a certificate authority, through either SSH client', async () => {
    const { hostKeyPath } = stage.sshd;
    const [algorithm, key] = (await readFile(`${hostKeyPath}.pub`, 'utf8')).split(' ');
    const file = join(stage.folder, 'vouched');
    await writeFile(file, `@cert-authority * ${algorithm} ${key}\n`);
    const refused = { fault: 'unreachable', says: expect.stringContaining('has an unsupported line 1') };
    const shell = sshShell({ knownHostsPath: file });
    await expect(shell.run(stage.access, command('true'), limits())).rejects.toMatchObject(refused);
    await shell.close();
    const input = await open('/dev/null', 'r');
    const ssh = new OpenSsh({ knownHostsPath: file });
    const run = ssh.run(stage.access, command('true'), {
      stdin: { fd: input.fd },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await expect(run).rejects.toMatchObject(refused);
    await input.close();
  });
});
