import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { OpenSsh } from '../../../../src/adapters/ssh/run/openssh.ts';
import { command } from '../../../../src/domain/node-commands/command.ts';
import { exit } from '../../../../src/domain/node-commands/ended.ts';
import { limits, type SshStage, sshStage } from '../stage.ts';

const exec = promisify(execFile);

async function onStage<T>(
  config: readonly string[],
  act: (stage: SshStage) => Promise<T>,
  userKeyType?: 'rsa',
): Promise<T> {
  const stage = await sshStage({ config, ...(userKeyType === undefined ? {} : { userKeyType }) });
  try {
    await stage.pin();
    return await act(stage);
  } finally {
    await stage.close();
  }
}

describe('a hardened sshd', () => {
  it.each([
    ['STIG’s MACs', ['MACs hmac-sha2-512,hmac-sha2-256', 'Ciphers aes256-ctr,aes192-ctr,aes128-ctr']],
    ['group exchange only', ['KexAlgorithms diffie-hellman-group-exchange-sha256']],
    ['nistp521 and group18 only', ['KexAlgorithms ecdh-sha2-nistp521,diffie-hellman-group18-sha512']],
    ['chacha20 only', ['Ciphers chacha20-poly1305@openssh.com']],
    ['FIPS’ algorithms', ['Ciphers aes256-ctr', 'MACs hmac-sha2-256', 'KexAlgorithms diffie-hellman-group14-sha256']],
  ])('with %s is reached by the shell and by ssh(1)', async (_with, config) => {
    await onStage(config, async ({ shell, access, knownHostsPath }) => {
      expect(await shell.run(access, command('true'), limits())).toMatchObject({ ended: exit(0) });
      const ssh = new OpenSsh({ knownHostsPath });
      const { signal } = new AbortController();
      const nothing = { bytes: Readable.from([]) };
      expect(await ssh.run(access, command('true'), { stdin: nothing, signal })).toMatchObject({ ended: exit(0) });
    });
  });

  it.each([
    [
      'MACs hmac-sha1',
      ['MACs hmac-sha1', 'Ciphers aes128-ctr'],
      /there is no common MAC; the node offers hmac-sha1, and the worker accepts hmac-sha2-256-etm@openssh\.com, /,
    ],
    [
      'Ciphers aes256-cbc',
      ['Ciphers aes256-cbc'],
      /there is no common cipher; the node offers aes256-cbc, and the worker accepts aes128-gcm/,
    ],
    [
      'SHA-1 key exchange',
      ['KexAlgorithms diffie-hellman-group14-sha1'],
      /no common key exchange method; the node offers diffie-hellman-group14-sha1,? /,
    ],
  ] as const)(
    'with only broken algorithms (%s) is told apart: what it offers, and what is accepted',
    async (_with, config, says) => {
      const stage = await sshStage({ config });
      try {
        await expect(stage.pin()).rejects.toMatchObject({ fault: 'unreachable', says: expect.stringMatching(says) });
      } finally {
        await stage.close();
      }
    },
  );

  it('that wants a password besides the key says so, and does not blame authorized_keys', async () => {
    const config = ['AuthenticationMethods publickey,password', 'PasswordAuthentication yes'];
    await onStage(config, async ({ shell, access }) => {
      await expect(shell.run(access, command('true'), limits())).rejects.toMatchObject({
        fault: 'permission-denied',
        says: expect.stringMatching(/the node accepted the key, and also wants password\. Set `AuthenticationMethods/),
      });
    });
  });

  it('that takes no keys says so', async () => {
    const config = ['AuthenticationMethods password', 'PubkeyAuthentication no', 'PasswordAuthentication yes'];
    await onStage(config, async ({ shell, access }) => {
      await expect(shell.run(access, command('true'), limits())).rejects.toMatchObject({
        says: expect.stringMatching(/the node takes no keys, only password\. Set `PubkeyAuthentication yes`/),
      });
    });
  });
});

describe('a private key', () => {
  it.each([['RSA'], ['EC']] as const)('may be PKCS#8 of %s, as openssl writes it', async (type) => {
    await onStage([], async ({ shell, access, folder }) => {
      const keyPath = join(folder, 'pkcs8');
      const bits = type === 'RSA' ? 'rsa_keygen_bits:2048' : 'ec_paramgen_curve:P-256';
      await exec('openssl', ['genpkey', '-algorithm', type, '-pkeyopt', bits, '-out', keyPath]);
      await exec('chmod', ['0600', keyPath]);
      const { stdout } = await exec('ssh-keygen', ['-y', '-f', keyPath]);
      await writeFile(join(folder, 'authorized_keys'), stdout);
      expect(await shell.run({ ...access, keyPath }, command('true'), limits())).toMatchObject({ ended: exit(0) });
    });
  });

  it('that cannot be used is called empty, encrypted, public, of another format or no key', async () => {
    await onStage([], async ({ shell, access, folder }) => {
      const why = async (text: string) => {
        const keyPath = join(folder, 'odd-key');
        await writeFile(keyPath, text, { mode: 0o600 });
        const failed = await shell
          .run({ ...access, keyPath }, command('true'), limits())
          .catch((error: unknown) => error);
        return String(Object(failed).says).replace(/^.* cannot be used: (.*?)\. Fix the file.*$/s, '$1');
      };
      const made = async (...args: readonly string[]) => (await exec('openssl', ['genpkey', ...args])).stdout;
      expect(await why('\n')).toBe('it is empty');
      expect(await why('no key')).toBe('it is not a private key');
      expect(await why(await made('-algorithm', 'RSA', '-aes256', '-pass', 'pass:secret'))).toMatch(/^it is encrypted/);
      expect(await why(await made('-algorithm', 'ed25519'))).toMatch(
        /^its format \(PKCS#8\) is supported for RSA and ECDSA/,
      );
      const sealed = join(folder, 'sealed');
      await exec('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret', '-f', sealed]);
      expect(await why((await exec('cat', [sealed])).stdout)).toMatch(/^it is encrypted/);
      expect(await why((await exec('cat', [`${sealed}.pub`])).stdout)).toMatch(/^it is a public key/);
    });
  });
});
