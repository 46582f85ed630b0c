import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NodeAccess } from '../../src/domain/cluster/facts.ts';
import { command } from '../../src/domain/node-commands/command.ts';
import { exit } from '../../src/domain/node-commands/ended.ts';
import type { NodeRun, NodeShell } from '../../src/ports/nodes.ts';
import { PATIENCE_MS } from '../fixtures/patience.ts';

/** A shell, a node with an unpinned key, and a way to change the node's host key. */
export interface NodeShellStage {
  readonly shell: NodeShell;
  readonly access: NodeAccess;
  changeHostKey(): Promise<void>;
  close(): Promise<void>;
}

/** Commands that every stage must support. */
export const HELLO = command('echo', 'hello');
export const FALSE = command('false');
export const CAT = command('cat');
export const SLEEP = command('sleep', '30');

async function* twoChunks(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('first ');
  yield Buffer.from('second');
}

/** The contract of NodeShell. */
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
    const pinned = async (): Promise<void> =>
      stage.shell.pin([{ node: stage.access.node, key: await stage.shell.hostKey(stage.access, limits()) }]);

    it('sends nothing to a node without a pinned key', async () => {
      await expect(stage.shell.run(stage.access, HELLO, limits())).rejects.toMatchObject({
        name: 'Unreachable',
        fault: 'host-key-changed',
      });
    });

    it('runs on an unpinned node only when exactly its key is trusted', async () => {
      const trust = await stage.shell.hostKey(stage.access, limits());
      expect(trust.pinned).toBe(false);
      expect(await stage.shell.run(stage.access, HELLO, limits({ trust }))).toMatchObject({ ended: exit(0) });
      const other = { ...trust, key: `${trust.key.slice(0, -8)}AAAAAAAA` };
      await expect(stage.shell.run(stage.access, HELLO, limits({ trust: other }))).rejects.toMatchObject({
        fault: 'host-key-changed',
      });
    });

    it('runs on a pinned node and reports its key as pinned', async () => {
      await pinned();
      expect(await stage.shell.run(stage.access, HELLO, limits())).toEqual({
        ended: exit(0),
        stdout: 'hello\n',
        stderr: '',
      });
      expect((await stage.shell.hostKey(stage.access, limits())).pinned).toBe(true);
    });

    it('returns a failing command as a result', async () => {
      await pinned();
      expect(await stage.shell.run(stage.access, FALSE, limits())).toMatchObject({ ended: exit(1) });
    });

    it('passes all standard input to the command in order', async () => {
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

    it('reports the timeout of a command', async () => {
      await pinned();
      const result = await stage.shell.run(stage.access, SLEEP, limits({ limitMs: 1_000 }));
      expect(result).toEqual({ ended: { is: 'timeout', afterMs: 1_000 }, stdout: '', stderr: '' });
    });

    it('rejects a node with another key in run, hostKey and pin', async () => {
      const before = await stage.shell.hostKey(stage.access, limits());
      await pinned();
      await stage.changeHostKey();
      const changed = { name: 'Unreachable', fault: 'host-key-changed' };
      await expect(stage.shell.run(stage.access, HELLO, limits())).rejects.toMatchObject(changed);
      await expect(stage.shell.hostKey(stage.access, limits())).rejects.toMatchObject(changed);
      const other = { ...before, key: `${before.key.slice(0, -8)}AAAAAAAA` };
      await expect(stage.shell.pin([{ node: stage.access.node, key: other }])).rejects.toMatchObject(changed);
    });

    it('takes the key of one node for no other node at its address', async () => {
      await pinned();
      const other = { ...stage.access, node: 'node-of-another-name' };
      const fault = { name: 'Unreachable', fault: 'host-key-changed' };
      await expect(stage.shell.run(other, HELLO, limits())).rejects.toMatchObject(fault);
      expect((await stage.shell.hostKey(other, limits())).pinned).toBe(false);
      expect((await stage.shell.hostKey(stage.access, limits())).pinned).toBe(true);
    });

    it('runs nothing after it was closed', async () => {
      await pinned();
      await stage.shell.close();
      await expect(stage.shell.run(stage.access, HELLO, limits())).rejects.toThrow();
    });
  });
}
