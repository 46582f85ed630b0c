import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sshCopier } from '../../../../src/adapters/ssh/copy/copier.ts';
import { RECEIVE_SCRIPT } from '../../../../src/domain/node-commands/copy-scripts.ts';
import { hasExited } from '../../../../src/domain/node-commands/ended.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { Copier } from '../../../../src/ports/copier.ts';
import type { NodeShell } from '../../../../src/ports/nodes.ts';
import { isRoot } from '../../../fixtures/needs.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';
import { type CopyStage, copyStage, copyStep, fastClock, type Source } from '../copy-stage.ts';

let stage: CopyStage;
beforeAll(async () => {
  stage = await copyStage();
});
afterAll(() => stage.close());
afterEach(async () => {
  await removeFolder(dirname(stage.step.archive.path));
  stage.readFrom.length = 0;
});

const ignore = () => undefined;
const never = () => new AbortController().signal;
const copied = async () => (await readFile(stage.step.archive.path)).equals(stage.bytes);

/** The stage's copier, with something that happens once a read has given this many bytes. */
function copierWith(after: number, happens: (read: number) => Promise<void>, clock?: Clock) {
  let reads = 0;
  const source: Source = {
    ...stage.source,
    read: async function* (path, from, stop) {
      reads += 1;
      const read = reads;
      let given = 0;
      for await (const chunk of stage.source.read(path, from, stop)) {
        yield chunk;
        given += chunk.length;
        if (given >= after && given - chunk.length < after) await happens(read);
      }
    },
  };
  return stage.copierFrom(source, clock);
}

describe('a copy that is disturbed', () => {
  it('resumes when the connection is cut half way', async () => {
    const cut = copierWith(8 * 1024 * 1024, async (read) => {
      if (read === 1) await stage.sshd.killSessions();
    });
    await cut.copy(stage.step, stage.access, ignore, never());
    expect(await copied()).toBe(true);
    expect(stage.readFrom[0]).toBe(0);
    expect(stage.readFrom[1]).toBeGreaterThan(0);
    expect(stage.readFrom).toHaveLength(2);
  });

  /** Each connection is lost after it has brought so many bytes. */
  const losing = (bytes: number): Copier => {
    const run: NodeShell['run'] = async (access, command, options) => {
      if (!command.args.includes(RECEIVE_SCRIPT)) return stage.shell.run(access, command, options);
      if (bytes > 0) {
        const stdin = Readable.from(firstOf(options.stdin ?? [], bytes));
        const result = await stage.shell.run(access, command, { ...options, stdin });
        if (hasExited(result)) return result;
      }
      return { ended: { is: 'connection-lost' }, stdout: '', stderr: '' };
    };
    const { hostKey, pin, close } = stage.shell;
    return sshCopier({ shell: { run, hostKey, pin, close }, bootstrap: stage.source, clock: fastClock(1000) });
  };

  it('fails after five reconnections in a row that bring it no further', async () => {
    await expect(losing(0).copy(stage.step, stage.access, ignore, never())).rejects.toMatchObject({
      fault: 'unreachable',
      says: expect.stringContaining('was lost 6 times in a row'),
    });
  });

  it('ends in the whole file however often it is cut, as long as each connection brings it further', async () => {
    await losing(2 * 1024 * 1024).copy(stage.step, stage.access, ignore, never());
    expect(await copied()).toBe(true);
  });

  it('reconnects when the node stops accepting bytes', async () => {
    const frozen: number[] = [];
    const fast = fastClock(20);
    let skippedMs = 0;
    // Time passes with every sleep while the node stalls; otherwise it is real time.
    const clock: Clock = {
      ...fast,
      steadyMs: () => performance.now() + skippedMs,
      sleep: async (ms, signal) => {
        await fast.sleep(ms, signal);
        if (frozen.length > 0 && stage.readFrom.length === 1) skippedMs += ms;
      },
    };
    const freeze = async (read: number) => {
      if (read > 1) return;
      for (const pid of await stage.sshd.sessions()) {
        process.kill(pid, 'SIGSTOP');
        frozen.push(pid);
      }
    };
    const freezing = copierWith(4 * 1024 * 1024, freeze, clock);
    await freezing.copy(stage.step, stage.access, ignore, never());
    expect(frozen.length).toBeGreaterThan(0);
    expect(await copied()).toBe(true);
    expect(stage.readFrom).toHaveLength(2);
  });

  it('ends at once when the worker stops, and is resumed by the next worker', async () => {
    const stop = new AbortController();
    const stopping = copierWith(8 * 1024 * 1024, async () => stop.abort(new Error('the worker stops')));
    await expect(stopping.copy(stage.step, stage.access, ignore, stop.signal)).rejects.toThrow('the worker stops');
    await stage.copier.copy(stage.step, stage.access, ignore, never());
    expect(await copied()).toBe(true);
    expect(stage.readFrom).toHaveLength(2);
  });

  it('does not retry when the node rejects the key', async () => {
    const keyPath = `${stage.access.keyPath}-gone`;
    await expect(stage.copier.copy(stage.step, { ...stage.access, keyPath }, ignore, never())).rejects.toMatchObject({
      fault: 'key-missing',
    });
    expect(stage.readFrom).toEqual([]);
  });

  it('fails with the error of the source when the archive changes', async () => {
    const changing = copierWith(1024 * 1024, async () => {
      throw new Error('the archive changed');
    });
    await expect(changing.copy(stage.step, stage.access, ignore, never())).rejects.toThrow('the archive changed');
  });

  it('hashes with sha256sum where there is no openssl', async () => {
    const openssl = `${stage.sshd.binFolder}/openssl`;
    await writeFile(openssl, '#!/bin/sh\nexit 127\n', { mode: 0o755 });
    await stage.copier.copy(stage.step, stage.access, ignore, never());
    await rm(openssl);
    expect(await copied()).toBe(true);
  });

  it('gives the archive to root with sudo -n (a shim, because the machine may have no sudo)', async () => {
    const chown = `${stage.sshd.binFolder}/chown`;
    const asked = `${stage.folder}/chown-asked`;
    // Only root may give a file to root.
    const give = isRoot ? 'exec /bin/chown "$@"' : 'exit 0';
    await writeFile(chown, `#!/bin/sh\necho "$@" >> '${asked}'\n${give}\n`, { mode: 0o755 });
    const access = { ...stage.access, sudo: true };
    const step = copyStep(stage.step.archive.path, stage.bytes, true);
    await stage.copier.copy(step, access, ignore, never());
    await rm(chown);
    expect(await copied()).toBe(true);
    expect(await readFile(asked, 'utf8')).toBe(`root:root -- ${step.part}\n`.repeat(2));
    if (isRoot) expect((await stat(step.archive.path)).uid).toBe(0);
  });

  it('fails before a byte is sent where the file system refuses the owner', async () => {
    const chown = `${stage.sshd.binFolder}/chown`;
    await writeFile(chown, '#!/bin/sh\necho "chown: Operation not permitted" >&2\nexit 1\n', { mode: 0o755 });
    const step = copyStep(stage.step.archive.path, stage.bytes, true);
    const copy = stage.copier.copy(step, { ...stage.access, sudo: true }, ignore, never());
    await expect(copy).rejects.toMatchObject({ result: { stderr: expect.stringContaining('not permitted') } });
    await rm(chown);
    expect((await stat(step.part)).size).toBe(0);
  });
});

async function* firstOf(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const chunk of chunks) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}
