import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NodeAccess } from '../../src/domain/cluster/facts.ts';
import { command } from '../../src/domain/node-commands/command.ts';
import type { NodeRun, NodeShell } from '../../src/ports/nodes.ts';
import { PATIENCE_MS } from '../fixtures/patience.ts';

/** A shell, a node it can log in on, whose key nobody has pinned, and a way to change that node's host key. */
export interface NodeShellStage {
  readonly shell: NodeShell;
  readonly access: NodeAccess;
  changeHostKey(): Promise<void>;
  close(): Promise<void>;
}

/** Commands that every stage must know. */
export const HELLO = command('echo', 'hello');
export const FALSE = command('false');
export const CAT = command('cat');
export const SLEEP = command('sleep', '30');

async function* twoChunks(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('first ');
  yield Buffer.from('second');
}

/** What every NodeShell keeps. */
export function nodeShellContract(name: string, makeStage: () => Promise<NodeShellStage>): void {
  describe(`${name} keeps the contract of NodeShell`, () => {
    let stage: NodeShellStage;
    beforeEach(async () => {
      stage = await makeStage();
    });
    afterEach(() => stage.close());

    const limits = (more: Partial<NodeRun> = {}): NodeRun => ({
      signal: new AbortController().signal,
      limitMs: PATIENCE_MS,
      ...more,
    });
    const pinned = async (): Promise<void> => stage.shell.pin([await stage.shell.hostKey(stage.access, limits())]);

    it('sends nothing to a node whose key nobody pinned', async () => {
      await expect(stage.shell.run(stage.access, HELLO, limits())).rejects.toMatchObject({
        name: 'Unreachable',
        fault: 'host-key-changed',
      });
    });

    it('looks at an unpinned node when exactly the shown key is trusted, and at no other', async () => {
      const trust = await stage.shell.hostKey(stage.access, limits());
      expect(trust.pinned).toBe(false);
      expect(await stage.shell.run(stage.access, HELLO, limits({ trust }))).toMatchObject({ exitCode: 0 });
      const other = { ...trust, key: `${trust.key.slice(0, -8)}AAAAAAAA` };
      await expect(stage.shell.run(stage.access, HELLO, limits({ trust: other }))).rejects.toMatchObject({
        fault: 'host-key-changed',
      });
    });

    it('works on a pinned node and says that its key is pinned', async () => {
      await pinned();
      expect(await stage.shell.run(stage.access, HELLO, limits())).toEqual({
        exitCode: 0,
        stdout: 'hello\n',
        stderr: '',
      });
      expect((await stage.shell.hostKey(stage.access, limits())).pinned).toBe(true);
    });

    it('tells a failing command as a result', async () => {
      await pinned();
      expect(await stage.shell.run(stage.access, FALSE, limits())).toMatchObject({ exitCode: 1 });
    });

    it('gives standard input to the command, all of it and in order', async () => {
      await pinned();
      const { stdout } = await stage.shell.run(stage.access, CAT, limits({ stdin: twoChunks() }));
      expect(stdout).toBe('first second');
    });

    it('ends a command that is aborted, with the reason', async () => {
      await pinned();
      const stop = new AbortController();
      const running = stage.shell.run(stage.access, SLEEP, limits({ signal: stop.signal }));
      const reason = new Error('the worker stops');
      stop.abort(reason);
      await expect(running).rejects.toBe(reason);
      await expect(stage.shell.run(stage.access, HELLO, limits({ signal: stop.signal }))).rejects.toBe(reason);
    });

    it('counts a command as lost when its limit has passed', async () => {
      await pinned();
      const result = await stage.shell.run(stage.access, SLEEP, limits({ limitMs: 1_000 }));
      expect(result.exitCode).toBeNull();
      expect(result.stderr).not.toBe('');
    });

    it('refuses a node that shows another key than the pinned one, in run, hostKey and pin', async () => {
      const before = await stage.shell.hostKey(stage.access, limits());
      await pinned();
      await stage.changeHostKey();
      const changed = { name: 'Unreachable', fault: 'host-key-changed' };
      await expect(stage.shell.run(stage.access, HELLO, limits())).rejects.toMatchObject(changed);
      await expect(stage.shell.hostKey(stage.access, limits())).rejects.toMatchObject(changed);
      const other = { ...before, key: `${before.key.slice(0, -8)}AAAAAAAA` };
      await expect(stage.shell.pin([other])).rejects.toMatchObject(changed);
    });

    it('refuses to run anything after it was closed', async () => {
      await pinned();
      await stage.shell.close();
      await expect(stage.shell.run(stage.access, HELLO, limits())).rejects.toThrow();
    });
  });
}
