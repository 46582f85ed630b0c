import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newKeyPair } from '../../../../sandbox/cluster/ssh/keys.ts';
import { sshShell } from '../../../../src/adapters/ssh/run/shell.ts';
import type { NodeAccess } from '../../../../src/domain/cluster/facts.ts';
import { command } from '../../../../src/domain/node-commands/command.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';
import { limits } from '../stage.ts';

/** A server that accepts every login and ends every command by `end`. */
let end: (channel: ssh2.ServerChannel, connection: ssh2.Connection) => void;
const server = new ssh2.Server({ hostKeys: [newKeyPair('untold').private] }, (connection) => {
  connection.on('error', () => undefined);
  connection.on('authentication', (context) => context.accept());
  connection.on('session', (accept) => accept().on('exec', (take) => end(take(), connection)));
});
let folder: string;
let access: NodeAccess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-ha-untold-'));
  const keyPath = join(folder, 'id');
  await writeFile(keyPath, newKeyPair('untold').private, { mode: 0o600 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  access = { node: 'node-2', host: '127.0.0.1', port, user: 'root', keyPath, sudo: false };
});
afterAll(async () => {
  server.close();
  await removeFolder(folder);
});

async function endOf(how: typeof end) {
  end = how;
  const shell = sshShell({ knownHostsPath: join(folder, 'known_hosts') });
  try {
    await shell.pin([{ node: access.node, key: await shell.hostKey(access, limits()) }]);
    return (await shell.run(access, command('true'), limits())).ended;
  } finally {
    await shell.close();
  }
}

it('reports a session without an exit code as unknown', async () => {
  expect(await endOf((channel) => channel.close())).toEqual({
    is: 'unknown',
    says: 'the SSH server closed the session without an exit code',
  });
});

it('reports a lost connection, even after an exit code, because output may be missing', async () => {
  expect(await endOf((_, connection) => connection.end())).toEqual({ is: 'connection-lost' });
  const behind = endOf((channel, connection) => {
    channel.exit(0);
    setTimeout(() => connection.end(), 50);
  });
  expect(await behind).toEqual({ is: 'connection-lost' });
});

it('names the signal and keeps the connection', async () => {
  expect(
    await endOf((channel) => {
      channel.exit('KILL', true, 'out of memory');
      channel.close();
    }),
  ).toEqual({ is: 'signal', name: 'SIGKILL' });
});
