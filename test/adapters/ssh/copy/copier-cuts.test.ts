import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, connect as dial, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Unreachable } from '../../../../src/domain/answers/failure.ts';
import type { CopyProgress } from '../../../../src/ports/copier.ts';
import { mayMount, needs } from '../../../fixtures/needs.ts';
import { PATIENCE_MS } from '../../../fixtures/patience.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';
import { type CopyStage, copyStage, copyStep } from '../copy-stage.ts';
import { until } from '../until.ts';

const SIZE = 4 * 1024 * 1024;

let stage: CopyStage;
beforeAll(async () => {
  stage = await copyStage(SIZE);
});
afterAll(() => stage.close());
afterEach(async () => {
  await removeFolder(dirname(stage.step.archive.path));
  stage.readFrom.length = 0;
});

const never = () => new AbortController().signal;
const ignore = () => undefined;
const copied = async () => (await readFile(stage.step.archive.path)).equals(stage.bytes);

/** A source whose n-th reading loses its connection once it has given so many bytes; null: it is read to its end. */
function cutting(after: (reading: number) => number | null) {
  let readings = 0;
  return stage.copierFrom({
    ...stage.source,
    read: async function* (path, from, stop) {
      readings += 1;
      const limit = after(readings);
      let left = limit ?? Number.POSITIVE_INFINITY;
      if (limit === 0) await stage.sshd.killSessions();
      for await (const chunk of stage.source.read(path, from, stop)) {
        if (left > 0) yield chunk.subarray(0, left);
        if (left > 0 && left <= chunk.length) await stage.sshd.killSessions();
        if (left < chunk.length) yield chunk.subarray(Math.max(0, left));
        left -= chunk.length;
      }
    },
  });
}

describe('a connection that is cut', () => {
  it.each([0, 1, 50, 99])('at %d percent costs only the bytes in flight', async (percent) => {
    const told: CopyProgress[] = [];
    const copier = cutting((reading) => (reading === 1 ? Math.floor((SIZE * percent) / 100) : null));
    await copier.copy(stage.step, stage.access, (progress) => told.push(progress), never());
    expect(await copied()).toBe(true);
    expect(await readdir(dirname(stage.step.archive.path))).toHaveLength(1);
    expect(told.at(-1)?.sent).toBe(SIZE);
  });

  it('twenty times in a row still ends in the exact file', { timeout: 600_000 }, async () => {
    let cuts = 0;
    const copier = cutting(() => {
      cuts += 1;
      // Even if all that was sent has arrived each time, there is something left to cut.
      return cuts > 20 ? null : Math.floor((Math.random() * SIZE) / 21);
    });
    const isWhole = async () => {
      try {
        await copier.copy(stage.step, stage.access, ignore, never());
        return true;
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        return false;
      }
    };
    while (!(await isWhole()));
    expect(cuts).toBeGreaterThan(20);
    expect(await copied()).toBe(true);
  });

  it('between rename and sync leaves an archive that the next run flushes', async () => {
    const shim = join(stage.sshd.binFolder, 'sync');
    const said = join(stage.folder, 'renamed');
    await writeFile(shim, `#!/bin/sh\ncase "$2" in */) touch '${said}'; sleep 20 ;; esac\nexec /bin/sync "$@"\n`, {
      mode: 0o755,
    });
    const copying = stage.copier.copy(stage.step, stage.access, ignore, never());
    await until(() =>
      stat(said).then(
        () => true,
        () => false,
      ),
    );
    await rm(shim);
    await stage.sshd.killSessions();
    await copying;
    expect(await copied()).toBe(true);
  });
});

describe('a target that cannot take the archive', () => {
  needs(mayMount(), 'the right to mount a small disk')(
    'is told with its own words when its disk is full, and the copy goes on when there is room',
    async () => {
      const folder = join(stage.folder, 'small');
      await mkdir(folder, { recursive: true });
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=0755', 'tmpfs', folder]);
      try {
        const step = copyStep(join(folder, 'a.iso'), stage.bytes, false);
        const failure = await stage.copier.copy(step, stage.access, ignore, never()).catch((error: unknown) => error);
        expect(failure).toMatchObject({
          name: 'CommandFailed',
          result: { stderr: expect.stringContaining('No space left') },
        });
        execFileSync('mount', ['-o', 'remount,size=16m', folder]);
        stage.readFrom.length = 0;
        await stage.copier.copy(step, stage.access, ignore, never());
        expect(stage.readFrom[0]).toBeGreaterThan(0);
        expect((await readFile(step.archive.path)).equals(stage.bytes)).toBe(true);
      } finally {
        execFileSync('umount', [folder]);
      }
    },
  );

  it('reports the command’s error when a file is in place of a folder', async () => {
    const file = join(stage.folder, 'file');
    await writeFile(file, '');
    const step = copyStep(join(file, 'a.iso'), stage.bytes, false);
    await expect(stage.copier.copy(step, stage.access, ignore, never())).rejects.toMatchObject({
      name: 'CommandFailed',
    });
    await chmod(file, 0o644);
  });
});

describe('a network that damages bytes', () => {
  let proxy: Server | undefined;
  afterEach(() => proxy?.close());

  it('is detected by SSH: the copy resumes from the verified bytes', async () => {
    const { host, port } = stage.access;
    let connections = 0;
    proxy = createServer((client) => {
      connections += 1;
      const first = connections === 1;
      const server = dial(port, host);
      let passed = 0;
      client.on('data', (chunk) => {
        if (first && passed < SIZE / 2 && passed + chunk.length >= SIZE / 2) chunk[0] = (chunk[0] ?? 0) ^ 1;
        passed += chunk.length;
        server.write(chunk);
      });
      server.pipe(client);
      for (const [one, other] of [
        [client, server],
        [server, client],
      ] as const) {
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const address = proxy.address();
    const access = { ...stage.access, port: typeof address === 'object' && address !== null ? address.port : 0 };
    const key = await stage.shell.hostKey(access, { signal: never(), limitMs: PATIENCE_MS });
    await stage.shell.pin([{ node: access.node, key }]);
    connections = 0;
    await stage.copier.copy(stage.step, access, ignore, never());
    expect(connections).toBeGreaterThan(1);
    expect(await copied()).toBe(true);
  });
});
