import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NodeAccess } from '../../src/domain/cluster/facts.ts';
import type { CopyStep } from '../../src/domain/plan/step.ts';
import type { Copier, CopyProgress } from '../../src/ports/copier.ts';

/** A copier, a step it can run, and access to the step's path on the target. */
export interface CopierStage {
  readonly copier: Copier;
  readonly step: CopyStep;
  readonly access: NodeAccess;
  /** SHA-256 of the file at the step's path, null when there is none. */
  sha256There(): Promise<string | null>;
  /** Writes a file of other content there and returns its SHA-256. */
  putAnother(): Promise<string>;
  close(): Promise<void>;
}

/** The contract of Copier. */
export function copierContract(name: string, makeStage: () => Promise<CopierStage>): void {
  describe(`${name} keeps the contract of Copier`, () => {
    let stage: CopierStage;
    beforeEach(async () => {
      stage = await makeStage();
    });
    afterEach(() => stage.close());

    const copy = (onProgress: (progress: CopyProgress) => void = () => undefined) =>
      stage.copier.copy(stage.step, stage.access, onProgress, new AbortController().signal);

    it('copies the archive to its path, and is idempotent', async () => {
      expect(await stage.sha256There()).toBeNull();
      await copy();
      expect(await stage.sha256There()).toBe(stage.step.archive.sha256);
      await copy();
      expect(await stage.sha256There()).toBe(stage.step.archive.sha256);
    });

    it('reports progress that never decreases, up to the last byte', async () => {
      const told: CopyProgress[] = [];
      await copy((progress) => told.push(progress));
      const sent = told.map((progress) => progress.sent);
      expect(sent).toEqual([...sent].sort((a, b) => a - b));
      expect(told.at(-1)).toMatchObject({ sent: stage.step.archive.size, total: stage.step.archive.size });
    });

    it('never overwrites another file', async () => {
      const other = await stage.putAnother();
      await expect(copy()).rejects.toMatchObject({ kind: 'not-confirmed' });
      expect(await stage.sha256There()).toBe(other);
    });

    it('copies nothing when aborted before the start', async () => {
      const reason = new Error('the worker stops');
      const stopped = AbortSignal.abort(reason);
      await expect(stage.copier.copy(stage.step, stage.access, () => undefined, stopped)).rejects.toBe(reason);
      expect(await stage.sha256There()).toBeNull();
    });
  });
}
