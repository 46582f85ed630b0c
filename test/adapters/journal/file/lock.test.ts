import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JournalLocked, openJournal } from '../../../../src/adapters/journal/entries/journal.ts';
import { isFailure } from '../../../../src/domain/answers/failure.ts';
import * as events from '../../../contract/changes-events.ts';
import { PATIENT } from '../../../fixtures/patience.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';

/** Needs a user namespace, which not every container allows. */
const NEW_PIDS = ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--kill-child'];
const mayHaveOwnPids = spawnSync(NEW_PIDS[0] ?? '', [...NEW_PIDS.slice(1), 'true']).status === 0;

const MODULE = new URL('../../../../src/adapters/journal/entries/journal.ts', import.meta.url).href;
const HOLD = `const { openJournal } = await import('${MODULE}');
  const { spawn } = await import('node:child_process');
  await openJournal({ path: process.argv[1] });
  const own = process.argv[2] === 'with-a-child' ? spawn('sleep', ['600'], { stdio: 'ignore', detached: true }).pid : 0;
  console.log(own);
  setInterval(() => undefined, 1000);`;

describe('the journal of two workers', () => {
  let folder: string;
  let path: string;
  const children: ChildProcess[] = [];
  let alone = 0;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registry-ha-lock-'));
    path = join(folder, 'journal.jsonl');
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    if (alone > 0) process.kill(alone, 'SIGKILL');
    alone = 0;
    await removeFolder(folder);
  });

  /** Another worker that has the journal open, and its output. */
  async function holder(before: readonly string[] = [], ...more: readonly string[]) {
    const words = [...before, process.execPath, '--input-type=module', '-e', HOLD, path, ...more];
    const node = spawn(words[0] ?? '', words.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(node);
    const [printed] = await once(node.stdout, 'data');
    return { node, printed: Number(String(printed)) };
  }

  async function kill(node: ChildProcess): Promise<void> {
    const exited = once(node, 'exit');
    node.kill('SIGKILL');
    await exited;
  }

  const refusal = async (): Promise<JournalLocked> => {
    const failure: unknown = await openJournal({ path }).catch((error: unknown) => error);
    if (failure instanceof JournalLocked) return failure;
    throw new Error(`It was not locked: ${failure}`);
  };

  /** The kernel has to end every process that shares the file first. */
  const free = () => vi.waitFor(async () => await (await openJournal({ path })).close(), PATIENT);

  it('is written by one worker, and by the next worker after the first has ended', async () => {
    const first = await openJournal({ path });
    expect((await refusal()).report().what).toBe(`Process ${process.pid} already uses this journal.`);
    await first.append('c1-abc234', events.started);
    await first.close();
    await (await openJournal({ path })).close();
  });

  it('is written by one of many workers that start at once', async () => {
    const opened = await Promise.allSettled(Array.from({ length: 10 }, () => openJournal({ path })));
    const journals = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(journals).toHaveLength(1);
    const refused = opened.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused.every((reason) => reason instanceof JournalLocked)).toBe(true);
    await Promise.all(journals.map((journal) => journal.close()));
    expect(await readdir(folder)).toEqual(['journal.jsonl', 'journal.jsonl.lock']);
  });

  it('is free as soon as its worker is killed, and not before', async () => {
    const { node } = await holder();
    const failure = await refusal();
    expect(failure.report().what).toContain(`Process ${node.pid} `);
    await kill(node);
    await free();
  });

  it('is free although a child of the killed worker still runs', async () => {
    const { node, printed } = await holder([], 'with-a-child');
    alone = printed;
    await kill(node);
    await free();
    expect(process.kill(printed, 0)).toBe(true);
  });

  it('is not free while its worker is paused', async () => {
    const { node } = await holder();
    node.kill('SIGSTOP');
    await refusal();
    await kill(node);
    await free();
  });

  it('is free beside a stale lock file, whatever its content', async () => {
    for (const left of [`${process.pid}\n`, '1\n', 'nonsense', '']) {
      await writeFile(`${path}.lock`, left);
      await (await openJournal({ path })).close();
    }
  });

  it.skipIf(!mayHaveOwnPids)(
    'is not free while a worker in a container has it, whose number is another one here (needs user namespaces)',
    async () => {
      const { node } = await holder(NEW_PIDS);
      expect((await refusal()).pid).not.toBe(node.pid);
      await kill(node);
      await free();
    },
  );

  it('is not opened without flock, and names the package to install', async () => {
    vi.stubEnv('PATH', folder);
    const failure = await openJournal({ path }).catch((error: unknown) => error);
    vi.unstubAllEnvs();
    expect(isFailure(failure, 'journal-unusable') && failure.report()).toMatchObject({ next: 'Install util-linux.' });
  });
});
