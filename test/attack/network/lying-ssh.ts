import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { newKeyPair } from '../../../sandbox/cluster/ssh/keys.ts';
import { sshShell } from '../../../src/adapters/ssh/run/shell.ts';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import type { NodeAccess } from '../../../src/domain/cluster/facts.ts';
import { command } from '../../../src/domain/node-commands/command.ts';
import { endInWords } from '../../../src/domain/node-commands/ended.ts';
import type { NodeShell } from '../../../src/ports/nodes.ts';
import type { Attack } from '../attack.ts';
import { must, NotMade, reached } from '../outcome.ts';
import { cheaply } from '../stage/cheaply.ts';
import type { Folder } from '../stage/folder.ts';

const LIMIT_MS = 1_500;
/** For attacks that end by themselves well before this limit, even on a busy computer. */
const EARLY_END_MS = 20_000;
const TIME_MS = 30_000;
const MEGABYTE = Buffer.alloc(2 ** 20, 'a');
const GIGABYTE = 2 ** 30;

/** Servers in place of a node's sshd. */
export function sshAttacks(): readonly Attack[] {
  return [
    raw('banner-of-a-gigabyte', 'a gigabyte before the version line', (socket) => flood(socket, MEGABYTE)),
    raw('banner-of-short-lines', 'a gigabyte of short lines before the version line', (socket) =>
      flood(socket, Buffer.alloc(2 ** 20, 'hello\r\n')),
    ),
    raw('that-says-nothing', 'a server that sends nothing', () => undefined),
    raw('that-is-no-sshd', 'a web server', (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n')),
    raw('with-a-huge-packet', 'a packet that claims to have four gigabytes', (socket) => {
      socket.write(Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.alloc(64, 0xff)]));
    }),
    ran('endless-output', 'a command with endless output', (channel) => flood(channel, MEGABYTE), EARLY_END_MS),
    ran(
      'endless-errors',
      'a command with endless error output',
      (channel) => flood(channel.stderr, MEGABYTE),
      EARLY_END_MS,
    ),
    ran('never-closing', 'a command that never ends', () => undefined),
    ran('exit-code-and-no-end', 'an exit code without an end', (channel) => channel.exit(0)),
    anotherKey(),
    unknownKey(),
  ];
}

/** Writes as long as the other side reads, up to one gigabyte. */
function flood(to: NodeJS.WritableStream & { readonly destroyed?: boolean }, piece: Buffer): void {
  let sent = 0;
  const more = (): void => {
    while (sent < GIGABYTE && to.destroyed !== true) {
      sent += piece.length;
      if (!to.write(piece)) return void to.once('drain', more);
    }
  };
  to.on('error', () => undefined);
  more();
}

function raw(name: string, tries: string, serve: (socket: Socket) => void): Attack {
  return ssh(name, tries, async (folder) => {
    let asked = 0;
    const server = createServer((socket) => {
      asked += 1;
      socket.on('error', () => undefined);
      serve(socket);
    });
    return await against(server, folder, async (shell, access) => {
      const said = await refusal(() => shell.hostKey(access, { signal: folder.signal, limitMs: LIMIT_MS }));
      reached(asked > 0, 'Nobody connected.');
      return said;
    });
  });
}

/** A server that accepts every login and answers every command with `answer`. */
function ran(name: string, tries: string, answer: (channel: ssh2.ServerChannel) => void, limitMs = LIMIT_MS): Attack {
  return ssh(name, tries, async (folder) => {
    let asked = 0;
    const server = lenient((channel) => {
      asked += 1;
      answer(channel);
    });
    return await against(server, folder, async (shell, access) => {
      await shell.pin([
        { node: access.node, key: await shell.hostKey(access, { signal: folder.signal, limitMs: 10_000 }) },
      ]);
      const run = { signal: folder.signal, limitMs };
      const result = await cheaply(() => shell.run(access, command('true'), run), Math.max(limitMs, TIME_MS));
      reached(asked > 0, 'No command was sent.');
      must(result.ended.is !== 'exit', `The command was accepted as completed: ${endInWords(result.ended)}.`);
      must(result.stdout.length + result.stderr.length < 3 * 2 ** 20, 'The whole output was kept in memory.');
      return endInWords(result.ended);
    });
  });
}

function anotherKey(): Attack {
  return ssh('with-another-key', 'another host key than the pinned one', async (folder) => {
    const commands: string[] = [];
    const count = () => void commands.push('one');
    return await against(lenient(count), folder, async (shell, access) => {
      const shown = await shell.hostKey(access, { signal: folder.signal, limitMs: 10_000 });
      const key = Buffer.concat([Buffer.from(shown.key, 'base64'), Buffer.from([1])]).toString('base64');
      await shell.pin([{ node: access.node, key: { ...shown, key } }]);
      const said = await refusal(() => shell.run(access, command('true'), { signal: folder.signal, limitMs: 10_000 }));
      must(commands.length === 0, 'A command was sent.');
      return said;
    });
  });
}

function unknownKey(): Attack {
  return ssh('with-an-unknown-key', 'an unpinned host key', async (folder) => {
    const commands: string[] = [];
    const count = () => void commands.push('one');
    return await against(lenient(count), folder, async (shell, access) => {
      const said = await refusal(() => shell.run(access, command('true'), { signal: folder.signal, limitMs: 10_000 }));
      must(commands.length === 0, 'A command was sent.');
      return said;
    });
  });
}

function lenient(answer: (channel: ssh2.ServerChannel) => void): ssh2.Server {
  return new ssh2.Server({ hostKeys: [newKeyPair('attack').private] }, (connection) => {
    connection.on('error', () => undefined);
    connection.on('authentication', (context) => context.accept());
    connection.on('session', (accept) => accept().on('exec', (take) => answer(take())));
  });
}

type Use = (shell: NodeShell, access: NodeAccess) => Promise<string>;

async function against(server: Server | ssh2.Server, folder: Folder, use: Use): Promise<string> {
  const keyPath = join(folder.path, 'id');
  await writeFile(keyPath, newKeyPair('attack').private, { mode: 0o600 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new NotMade('The fake server is not listening.');
  const shell = sshShell({ knownHostsPath: join(folder.path, 'known_hosts') });
  const access = { node: 'node-2', host: '127.0.0.1', port: address.port, user: 'root', keyPath, sudo: false };
  try {
    return await use(shell, access);
  } finally {
    await shell.close();
    server.close();
  }
}

async function refusal(act: () => Promise<unknown>): Promise<string> {
  try {
    await cheaply(act);
  } catch (error) {
    if (error instanceof Unreachable) return error.says;
    throw error;
  }
  must(false, 'The server was accepted as the node.');
  return '';
}

const ssh = (name: string, tries: string, stopped: (folder: Folder) => Promise<string>): Attack => ({
  on: 'part',
  name: `ssh-server-${name}`,
  tries,
  stopped,
});
