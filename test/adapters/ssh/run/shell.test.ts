import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command } from '../../../../src/domain/node-commands/command.ts';
import { exit } from '../../../../src/domain/node-commands/ended.ts';
import { limits, type SshStage, sshStage } from '../stage.ts';
import { until } from '../until.ts';

let stage: SshStage;
beforeAll(async () => {
  stage = await sshStage();
  await stage.pin();
});
afterAll(() => stage.close());

const sh = (script: string) => command('sh', '-c', script);

async function* zeros(chunks: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < chunks; i += 1) yield Buffer.alloc(256 * 1024);
}

describe('commands on a real sshd', () => {
  it('arrive word for word, whatever a path contains', async () => {
    const words = ['a b', "it's", '"x"', '$HOME', '`id`', 'a\nb', '*', '', '\\', 'ü'];
    const { stdout } = await stage.shell.run(stage.access, command('printf', '[%s]', ...words), limits());
    expect(stdout).toBe(words.map((word) => `[${word}]`).join(''));
  });

  it('keep stdout, stderr and exit code apart', async () => {
    const result = await stage.shell.run(stage.access, sh('echo out; echo err >&2; exit 7'), limits());
    expect(result).toEqual({ ended: exit(7), stdout: 'out\n', stderr: 'err\n' });
  });

  it.each([
    ['KILL', 'SIGKILL'],
    ['TERM', 'SIGTERM'],
  ])('that die by a signal report its name (%s)', async (signal, name) => {
    // In the place of the login shell: some of those make an exit code of a signal (dash: 137).
    const dying = command('exec', 'sh', '-c', `echo out; echo err >&2; kill -${signal} $$`);
    const result = await stage.shell.run(stage.access, dying, limits());
    expect(result).toEqual({ ended: { is: 'signal', name }, stdout: 'out\n', stderr: 'err\n' });
  });

  it('that time out report the limit', async () => {
    const result = await stage.shell.run(stage.access, sh('echo out; exec sleep 60'), limits({ limitMs: 1_000 }));
    expect(result).toEqual({ ended: { is: 'timeout', afterMs: 1_000 }, stdout: 'out\n', stderr: '' });
  });

  it.each([
    ['stdout', command('yes')],
    ['stderr', sh('yes >&2')],
  ] as const)('that never stop talking on %s are ended at 1 MiB, and the result says so', async (stream, endless) => {
    const result = await stage.shell.run(stage.access, endless, limits());
    expect(result.ended).toEqual({ is: 'too-much-output', bytes: 1024 * 1024 });
    expect(result[stream]).toHaveLength(1024 * 1024);
  });

  it('that end before reading all input report their exit code', async () => {
    const early = sh('head -c 10 >/dev/null; echo full >&2; exit 3');
    const result = await stage.shell.run(stage.access, early, limits({ stdin: zeros(80) }));
    expect(result).toEqual({ ended: exit(3), stdout: '', stderr: 'full\n' });
  });

  it('get all of a large input', async () => {
    const { stdout } = await stage.shell.run(stage.access, command('wc', '-c'), limits({ stdin: zeros(80) }));
    expect(Number(stdout)).toBe(80 * 256 * 1024);
  });

  it('fail with the error of the source when reading their input fails', async () => {
    const broken = new Error('the archive changed while it was read');
    async function* source(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('x');
      throw broken;
    }
    await expect(stage.shell.run(stage.access, command('cat'), limits({ stdin: source() }))).rejects.toBe(broken);
  });

  it('share one connection', async () => {
    await Promise.all([1, 2, 3].map(() => stage.shell.run(stage.access, command('true'), limits())));
    expect(await stage.sshd.sessions()).toHaveLength(1);
  });

  it('are released when aborted, and the node is usable at once', async () => {
    const mark = join(stage.folder, 'begun');
    const stop = new AbortController();
    const slow = stage.shell.run(stage.access, sh(`echo > ${mark}; exec sleep 60`), limits({ signal: stop.signal }));
    await until(() => readFile(mark).catch(() => false as const));
    stop.abort(new Error('the worker stops'));
    await expect(slow).rejects.toThrow('the worker stops');
    expect(await stage.shell.run(stage.access, command('true'), limits())).toMatchObject({ ended: exit(0) });
  });

  it('end as connection-lost when the connection is cut', async () => {
    const mark = join(stage.folder, 'cut');
    const slow = stage.shell.run(stage.access, sh(`echo > ${mark}; exec sleep 60`), limits({ stdin: zeros(1000) }));
    await until(() => readFile(mark).catch(() => false as const));
    await stage.sshd.killSessions();
    expect(await slow).toMatchObject({ ended: { is: 'connection-lost' }, stderr: '' });
  });

  it('run over a new connection after sshd restarted', async () => {
    await stage.shell.run(stage.access, command('true'), limits());
    await stage.sshd.killSessions();
    expect(await stage.shell.run(stage.access, command('true'), limits())).toMatchObject({ ended: exit(0) });
  });
});
