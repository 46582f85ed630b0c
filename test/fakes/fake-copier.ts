import type { Failure, PlainFailure } from '../../src/domain/answers/failure.ts';
import { notConfirmed } from '../../src/domain/answers/failure.ts';
import type { NodeAccess } from '../../src/domain/cluster/facts.ts';
import type { CopyStep } from '../../src/domain/plan/step.ts';
import type { Copier, CopyProgress } from '../../src/ports/copier.ts';

/** A Copier in memory: records its copies, and fails on request. */
export class FakeCopier implements Copier {
  /** Step IDs in order of the calls. */
  readonly asked: string[] = [];
  /** Step ids whose copies were prepared. */
  readonly prepared: string[] = [];
  /** SHA-256 by `<node>:<path>`. */
  readonly files = new Map<string, string>();
  readonly #failures = new Map<string, Failure>();
  readonly #onCopied: (step: CopyStep) => void;

  /** `onCopied` lets a test add the file to its other fakes. */
  constructor(onCopied: (step: CopyStep) => void = () => undefined) {
    this.#onCopied = onCopied;
  }

  /** Makes the next copy of this step fail half-way. */
  failOnce(step: string, failure: Failure): void {
    this.#failures.set(step, failure);
  }

  async prepare(steps: readonly CopyStep[]): Promise<void> {
    this.prepared.push(...steps.map(({ id }) => id));
  }

  async copy(
    step: CopyStep,
    _access: NodeAccess,
    onProgress: (progress: CopyProgress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted();
    this.asked.push(step.id);
    const { path, size: total, sha256 } = step.archive;
    const there = this.files.get(`${step.node}:${path}`);
    if (there !== undefined && there !== sha256) throw inTheWay(step);
    onProgress({ sent: Math.floor(total / 2), total, rate: total });
    const failure = this.#failures.get(step.id);
    this.#failures.delete(step.id);
    if (failure !== undefined) throw failure;
    signal.throwIfAborted();
    this.files.set(`${step.node}:${path}`, sha256);
    this.#onCopied(step);
    onProgress({ sent: total, total, rate: total });
  }
}

const inTheWay = ({ node, archive }: CopyStep): PlainFailure =>
  notConfirmed(node, `${archive.path} is another file. It was not changed.`, 'Move it away, and ask again.');
