import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command } from '../../../../src/domain/node-commands/command.ts';
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
    expect(result).toEqual({ exitCode: 7, stdout: 'out\n', stderr: 'err\n' });
  });

  it('that die by a signal have no exit code, so that nobody takes them for done', async () => {
    // In the place of the login shell: some of those make an exit code of a signal (dash: 137).
    const dying = command('exec', 'sh', '-c', 'kill -9 $$');
    const result = await stage.shell.run(stage.access, dying, limits());
    expect(result.exitCode).toBeNull();
    expect(result.stderr).toContain('KILL');
  });

  it('that never stop talking are ended at 1 MiB, and the result says so', async () => {
    const result = await stage.shell.run(stage.access, command('yes'), limits());
    expect(result).toMatchObject({ exitCode: null });
    expect(result.stdout).toHaveLength(1024 * 1024);
    expect(result.stderr).toContain('more than 1 MiB on stdout');
  });

  it('that end before they have read all input end the run too, with their own exit code', async () => {
    const early = sh('head -c 10 >/dev/null; echo full >&2; exit 3');
    const result = await stage.shell.run(stage.access, early, limits({ stdin: zeros(80) }));
    expect(result).toEqual({ exitCode: 3, stdout: '', stderr: 'full\n' });
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

  it('are let go when the worker stops, and the node can be used again at once', async () => {
    const mark = join(stage.folder, 'begun');
    const stop = new AbortController();
    const slow = stage.shell.run(stage.access, sh(`echo > ${mark}; exec sleep 60`), limits({ signal: stop.signal }));
    await until(() => readFile(mark).catch(() => false as const));
    stop.abort(new Error('the worker stops'));
    await expect(slow).rejects.toThrow('the worker stops');
    expect(await stage.shell.run(stage.access, command('true'), limits())).toMatchObject({ exitCode: 0 });
  });

  it('are lost, not done, when the connection is cut', async () => {
    const mark = join(stage.folder, 'cut');
    const slow = stage.shell.run(stage.access, sh(`echo > ${mark}; exec sleep 60`), limits({ stdin: zeros(1000) }));
    await until(() => readFile(mark).catch(() => false as const));
    await stage.sshd.killSessions();
    const result = await slow;
    expect(result.exitCode).toBeNull();
    expect(result.stderr).toContain('the connection was lost');
  });

  it('run again over a new connection after the node was restarted', async () => {
    await stage.shell.run(stage.access, command('true'), limits());
    await stage.sshd.killSessions();
    expect(await stage.shell.run(stage.access, command('true'), limits())).toMatchObject({ exitCode: 0 });
  });
});
