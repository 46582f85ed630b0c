import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CommandFailed } from '../../../../src/domain/answers/failure.ts';
import { exit } from '../../../../src/domain/node-commands/ended.ts';
import type { CopyProgress } from '../../../../src/ports/copier.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';
import { type CopyStage, copyStage, putPart } from '../copy-stage.ts';

let stage: CopyStage;
beforeAll(async () => {
  stage = await copyStage();
});
afterAll(() => stage.close());
afterEach(async () => {
  await removeFolder(dirname(stage.step.archive.path));
  stage.readFrom.length = 0;
});

const signal = () => new AbortController().signal;
const ignore = () => undefined;
const copied = async () => (await readFile(stage.step.archive.path)).equals(stage.bytes);
const copy = (tell: (progress: CopyProgress) => void = ignore) =>
  stage.copier.copy(stage.step, stage.access, tell, signal());

describe('a copy over a real sshd', () => {
  it('brings the archive whole to a path with spaces and quotes, and leaves nothing else', async () => {
    await copy();
    expect(await copied()).toBe(true);
    expect(await readdir(dirname(stage.step.archive.path))).toHaveLength(1);
    expect((await stat(stage.step.archive.path)).mode & 0o777).toBe(0o644);
  });

  it('resumes an interrupted copy and sends only the rest', async () => {
    const sixty = Math.floor(stage.bytes.length * 0.6);
    await putPart(stage, stage.bytes.subarray(0, sixty));
    await copy();
    expect(stage.readFrom).toEqual([sixty]);
    expect(await copied()).toBe(true);
  });

  it('discards a part file that is not the beginning of the archive', async () => {
    await putPart(stage, Buffer.alloc(1_000_000, 7));
    await copy();
    expect(stage.readFrom).toEqual([0]);
    expect(await copied()).toBe(true);
  });

  it('discards a part file that is too long or different', async () => {
    await putPart(stage, Buffer.alloc(stage.bytes.length + 1));
    await copy();
    expect(await copied()).toBe(true);
    await rm(stage.step.archive.path);
    await putPart(stage, Buffer.alloc(stage.bytes.length));
    await copy();
    expect(await copied()).toBe(true);
  });

  it('only renames a complete part file', async () => {
    await putPart(stage, stage.bytes);
    await copy();
    expect(stage.readFrom).toEqual([]);
    expect(await copied()).toBe(true);
  });

  it('sends nothing when the archive is in place', async () => {
    await copy();
    stage.readFrom.length = 0;
    await copy();
    expect(stage.readFrom).toEqual([]);
  });

  it.each([
    ['another file', () => Buffer.from('not the archive')],
    ['another file of the same size', () => Buffer.alloc(stage.bytes.length)],
  ])('never overwrites %s at the path', async (_, content) => {
    const { path } = stage.step.archive;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content());
    await expect(copy()).rejects.toMatchObject({
      kind: 'not-confirmed',
      what: expect.stringContaining('another file'),
    });
    expect((await readFile(path)).equals(content())).toBe(true);
    expect(stage.readFrom).toEqual([]);
  });

  it('never overwrites a file that appears at the path during the copy', async () => {
    const { path } = stage.step.archive;
    const late = stage.copierFrom({
      ...stage.source,
      read: async function* (from, at, stop) {
        yield* stage.source.read(from, at, stop);
        await writeFile(path, 'somebody was faster');
      },
    });
    await expect(late.copy(stage.step, stage.access, ignore, signal())).rejects.toMatchObject({
      kind: 'not-confirmed',
    });
    expect(await readFile(path, 'utf8')).toBe('somebody was faster');
  });

  it('refuses a directory at the path', async () => {
    await mkdir(stage.step.archive.path, { recursive: true });
    await expect(copy()).rejects.toMatchObject({ what: expect.stringContaining('a directory') });
  });

  it('fails without placing the file when the archive changed after the plan', async () => {
    const wrong = { ...stage.step, archive: { ...stage.step.archive, sha256: '0'.repeat(64) } };
    await expect(stage.copier.copy(wrong, stage.access, ignore, signal())).rejects.toMatchObject({
      kind: 'not-confirmed',
      what: expect.stringContaining('the plan was made for 0000'),
    });
    expect(await readdir(dirname(stage.step.archive.path))).toEqual([basename(stage.step.part)]);
  });

  it('reports damaged bytes after one full retry, and deletes them', async () => {
    const damaging = stage.copierFrom({
      ...stage.source,
      read: async function* (path, from, stop) {
        for await (const chunk of stage.source.read(path, from, stop)) yield Buffer.alloc(chunk.length);
      },
    });
    await expect(damaging.copy(stage.step, stage.access, ignore, signal())).rejects.toMatchObject({
      kind: 'not-confirmed',
      what: expect.stringContaining('arrived twice'),
    });
    expect(stage.readFrom).toEqual([0, 0]);
    expect(await readdir(dirname(stage.step.archive.path))).toEqual([]);
  });

  it('recovers from damaged bytes with one retry', async () => {
    let reads = 0;
    const flipping = stage.copierFrom({
      ...stage.source,
      read: async function* (path, from, stop) {
        reads += 1;
        for await (const chunk of stage.source.read(path, from, stop)) {
          yield reads === 1 ? Buffer.alloc(chunk.length) : chunk;
        }
      },
    });
    await flipping.copy(stage.step, stage.access, ignore, signal());
    expect(await copied()).toBe(true);
  });

  it('fails with the command and its error when the target cannot write', async () => {
    await writeFile(
      join(stage.sshd.binFolder, 'dd'),
      '#!/bin/sh\nhead -c 100000 >/dev/null\necho "dd: No space left on device" >&2\nexit 1\n',
    );
    await chmod(join(stage.sshd.binFolder, 'dd'), 0o755);
    const failure = await copy().catch((error: unknown) => error);
    await rm(join(stage.sshd.binFolder, 'dd'));
    expect(failure).toBeInstanceOf(CommandFailed);
    expect(failure).toMatchObject({
      result: { ended: exit(1), stderr: expect.stringContaining('dd: No space left on device\n') },
    });
  });

  it('reports progress that never decreases and ends with every byte', async () => {
    const told: CopyProgress[] = [];
    await copy((progress) => told.push(progress));
    const sent = told.map((progress) => progress.sent);
    expect(sent).toEqual([...sent].sort((a, b) => a - b));
    expect(told.at(-1)).toMatchObject({ sent: stage.bytes.length, total: stage.bytes.length });
    expect(told.some(({ rate = 0 }) => rate > 0)).toBe(true);
  });

  it('runs nothing when its commands differ from the approved ones', async () => {
    const access = { ...stage.access, sudo: true };
    await expect(stage.copier.copy(stage.step, access, ignore, signal())).rejects.toMatchObject({
      kind: 'not-confirmed',
    });
    expect(await readdir(stage.folder)).not.toContain('srv');
  });
});
