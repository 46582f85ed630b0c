import { mkdtemp, open, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { CopyPace } from '../../../../src/adapters/ssh/stream/copy-pace.ts';
import { sendFile } from '../../../../src/adapters/ssh/stream/send.ts';
import { command } from '../../../../src/domain/node-commands/command.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';
import { fastClock } from '../copy-stage.ts';

const access = { node: 'node-2', host: '10.0.0.3', port: 22, user: 'root', keyPath: '/key', sudo: false };

it('stops a transfer whose progress can no longer be read, as a fault that is retried', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'registry-ha-send-'));
  await writeFile(join(folder, 'a.iso'), 'the archive');
  const file = await open(join(folder, 'a.iso'));
  const clock = fastClock(100);
  const openSsh = {
    // The descriptor goes away in the middle of the transfer, which ends only when it is stopped.
    run: async (_: unknown, __: unknown, { signal }: { readonly signal: AbortSignal }) => {
      await file.close();
      while (!signal.aborted) await pause(5);
      throw new Error('ssh was killed');
    },
  };
  const archive = {
    fd: file.fd,
    size: 11,
    identity: 'a',
    readAt: async () => Buffer.alloc(0),
    assertUnchanged: async () => undefined,
    close: async () => undefined,
  };
  const sending = { access, command: command('true'), from: 0, clock, signal: new AbortController().signal };
  const pace = new CopyPace(11, clock, () => undefined);
  await expect(sendFile({ ...sending, archive, openSsh, pace })).rejects.toMatchObject({
    fault: 'unreachable',
    says: 'A transfer to node-2 was stopped: its progress cannot be read.',
  });
  await removeFolder(folder);
});
