import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openJournal } from '../../../src/adapters/journal/entries/journal.ts';
import { loadSigningKey, loadTrustedKey } from '../../../src/adapters/keys/files.ts';
import { newKeyPair } from '../../../src/adapters/keys/pair.ts';
import { sshShell } from '../../../src/adapters/ssh/run/shell.ts';
import { Failure } from '../../../src/domain/answers/failure.ts';
import { command } from '../../../src/domain/node-commands/command.ts';
import type { Attack } from '../attack.ts';
import { must, reached } from '../outcome.ts';
import type { Folder } from '../stage/folder.ts';
import { refusedInWords } from './own-files.ts';

const SSH_KEY = 'etc/metalk8s/pki/salt-bootstrap';

/** Keys that others can read or change, and keys of the wrong type. */
export function keyAttacks(): readonly Attack[] {
  const { privateKeyPem, publicKeyPem } = newKeyPair();
  return [
    readableSshKey(),
    file('signing-key-readable-by-all', privateKeyPem, 0o644, loadSigningKey),
    file('signing-key-writable-by-its-group', privateKeyPem, 0o620, loadSigningKey),
    file('trusted-key-writable-by-all', publicKeyPem, 0o666, loadTrustedKey),
    file('trusted-key-that-is-private', privateKeyPem, 0o600, loadTrustedKey),
    file(
      'trusted-key-that-is-none',
      '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n',
      0o600,
      loadTrustedKey,
    ),
    file('trusted-key-of-a-megabyte', 'a'.repeat(2 ** 20), 0o600, loadTrustedKey),
    file('ssh-key-writable-by-all', privateKeyPem, 0o602, sshRun),
    openFolder(),
  ];
}

/** On the stage: makes the SSH key named by the nodes' annotations readable for everyone. */
function readableSshKey(): Attack {
  return {
    on: 'worker',
    name: 'key-ssh-readable-by-all',
    tries: 'the SSH key of the bootstrap node with mode 0644',
    async stopped(stage) {
      const path = join(stage.sandbox.cluster.bootstrapRoot, SSH_KEY);
      await chmod(path, 0o644);
      try {
        // Without an earlier login there, no open connection can be reused without the key.
        return await refusedInWords(stage, /mode 0644/, ['node-3']);
      } finally {
        await chmod(path, 0o600);
      }
    },
  };
}

function file(
  name: string,
  content: string,
  mode: number,
  use: (path: string, folder: Folder) => Promise<unknown>,
): Attack {
  return {
    on: 'part',
    name: `key-${name}`,
    tries: name.replaceAll('-', ' '),
    async stopped(folder) {
      const path = join(folder.path, 'key');
      await writeFile(path, content);
      await chmod(path, mode);
      return await refused(() => use(path, folder));
    },
  };
}

/** The key is read before the connection is made, so nothing has to listen at the address. */
async function sshRun(keyPath: string, { path, signal }: Folder): Promise<unknown> {
  const shell = sshShell({ knownHostsPath: join(path, 'known_hosts') });
  const access = { node: 'node-2', host: '127.0.0.1', port: 1, user: 'root', keyPath, sudo: false };
  try {
    return await shell.run(access, command('true'), { signal, limitMs: 2_000 });
  } finally {
    await shell.close();
  }
}

function openFolder(): Attack {
  return {
    on: 'part',
    name: 'key-journal-in-an-open-folder',
    tries: 'a journal in a folder that others can write to',
    async stopped({ path }) {
      const folder = join(path, 'state');
      await mkdir(folder);
      await chmod(folder, 0o777);
      return await refused(() => openJournal({ path: join(folder, 'journal.jsonl') }));
    },
  };
}

/** Requires a refusal because of the key, with a next step. */
async function refused(use: () => Promise<unknown>): Promise<string> {
  try {
    await use();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { what, next } = error.report();
    reached(/key|folder/i.test(`${what} ${next}`), `It failed for another reason: ${what}`);
    return `${what} ${next}`;
  }
  must(false, 'The key was used.');
  return '';
}
