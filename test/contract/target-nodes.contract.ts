import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NodeAccess } from '../../src/domain/cluster/facts.ts';
import type { TargetNodes } from '../../src/ports/nodes.ts';

/** Target nodes, a reachable node, and a way to put a file there. */
export interface TargetNodesStage {
  readonly targets: TargetNodes;
  readonly access: NodeAccess;
  /** A free path. */
  readonly path: string;
  /** Writes a file of this many bytes at the path and returns its SHA-256. */
  put(size: number): Promise<string>;
  /** Makes every later login fail. */
  lockOut(): Promise<void>;
  close(): Promise<void>;
}

const OTHER = '0'.repeat(64);

/** The contract of TargetNodes. */
export function targetNodesContract(name: string, makeStage: () => Promise<TargetNodesStage>): void {
  describe(`${name} keeps the contract of TargetNodes`, () => {
    let stage: TargetNodesStage;
    beforeEach(async () => {
      stage = await makeStage();
    });
    afterEach(() => stage.close());

    const signal = new AbortController().signal;
    const look = (size: number, sha256: string) => {
      const archives = [{ path: stage.path, size, sha256 }];
      return stage.targets.look(stage.access, { archives, registryAddress: '127.0.0.1:1' }, signal);
    };

    it('reports a missing archive and its file system', async () => {
      const facts = await look(100, OTHER);
      if (facts.is === 'closed') throw new Error(facts.says);
      expect(facts.files).toEqual([{ path: stage.path, is: 'absent', size: 0, mounted: false }]);
      expect(facts.space).toHaveLength(1);
      expect(facts.space[0]?.paths).toEqual([stage.path]);
      expect(facts.space[0]?.available).toBeGreaterThan(0);
      expect(facts.portTaken).toBe(false);
    });

    it('reports the same archive, which needs no space', async () => {
      const sha256 = await stage.put(100);
      expect(await look(100, sha256)).toMatchObject({ files: [{ is: 'same', size: 100 }], space: [] });
      expect(await stage.targets.hasFile(stage.access, { path: stage.path, size: 100, sha256 }, signal)).toBe(true);
    });

    it('reports which other paths exist, for an undo', async () => {
      const absent = `${stage.path}.part`;
      await stage.put(100);
      const want = { archives: [], registryAddress: '127.0.0.1:1', paths: [absent, stage.path] };
      expect(await stage.targets.look(stage.access, want, signal)).toMatchObject({ present: [stage.path] });
      expect(await stage.targets.present(stage.access, [stage.path, absent], signal)).toEqual([stage.path]);
    });

    it('compares other files, for which no space is needed', async () => {
      const sha256 = await stage.put(100);
      const others = [{ path: stage.path, size: 100, sha256 }];
      const want = { archives: [], others, registryAddress: '127.0.0.1:1' };
      expect(await stage.targets.look(stage.access, want, signal)).toMatchObject({
        files: [],
        others: [{ path: stage.path, is: 'same', size: 100 }],
        space: [],
      });
      const different = { ...want, others: [{ path: stage.path, size: 100, sha256: OTHER }] };
      expect(await stage.targets.look(stage.access, different, signal)).toMatchObject({
        others: [{ is: 'different' }],
      });
    });

    it('detects another file by size and by content', async () => {
      const sha256 = await stage.put(100);
      expect(await look(99, sha256)).toMatchObject({ files: [{ is: 'different', size: 100 }] });
      expect(await look(100, OTHER)).toMatchObject({ files: [{ is: 'different', size: 100 }] });
      expect(await stage.targets.hasFile(stage.access, { path: stage.path, size: 100, sha256: OTHER }, signal)).toBe(
        false,
      );
    });

    it('reports a node without login as a fact in an inspection, and throws elsewhere', async () => {
      await stage.lockOut();
      const facts = await look(100, OTHER);
      expect(facts).toMatchObject({ is: 'closed', fault: 'unreachable', says: expect.stringMatching(/\w/) });
      await expect(stage.targets.mounts(stage.access, [], signal)).rejects.toMatchObject({ name: 'Unreachable' });
      await expect(stage.targets.registryConfig(stage.access, signal)).rejects.toMatchObject({ name: 'Unreachable' });
    });

    it('reads the files of a registry: what is missing, the same, and different', async () => {
      const files = (size: number, sha256: string) =>
        stage.targets.registryFiles(stage.access, [{ path: stage.path, size, sha256 }], signal);
      const is = async (size: number, sha256: string) => (await files(size, sha256)).files[0]?.is;
      expect(await is(100, OTHER)).toBe('absent');
      const sha256 = await stage.put(100);
      expect(await is(100, sha256)).toBe('same');
      expect(await is(99, sha256)).toBe('different');
      expect(await is(100, OTHER)).toBe('different');
      expect((await files(100, sha256)).mounts.filter(({ backingFile }) => backingFile === stage.path)).toEqual([]);
      await stage.lockOut();
      await expect(files(100, sha256)).rejects.toMatchObject({ name: 'Unreachable' });
    });

    it('can be aborted', async () => {
      const stopped = AbortSignal.abort(new Error('the worker stops'));
      await expect(stage.targets.mounts(stage.access, [], stopped)).rejects.toThrow('the worker stops');
      const want = { archives: [], registryAddress: '127.0.0.1:1' };
      await expect(stage.targets.look(stage.access, want, stopped)).rejects.toThrow('the worker stops');
    });
  });
}
