import type { NodeActs, SimNode, World } from '../../world.ts';
import type { JsonObject } from '../json.ts';
import type { ArchiveInfo } from '../minion/archives.ts';
import type { Pillar } from '../minion/pillar.ts';

/** What one state came to. `log` is what the minion wrote to its error log meanwhile. */
export interface Outcome {
  readonly result: boolean | null;
  readonly comment: string;
  readonly changes: JsonObject;
  readonly log?: string;
}

/** Outcomes of the states before, by id: watch and onchanges read them. */
export type Before = ReadonlyMap<string, Outcome>;

/** One low chunk: `module.fun` applied to `name` under the id that the SLS gives it. */
export interface Chunk {
  readonly sls: string;
  readonly id: string;
  readonly name: string;
  readonly fun: `${string}.${string}`;
  /** Ids that must have succeeded. */
  readonly requires: readonly string[];
  run(before: Before): Promise<Outcome>;
}

/** Everything an SLS may look at while it renders and runs. */
export interface StateContext {
  readonly world: World;
  readonly acts: NodeActs;
  readonly node: SimNode;
  readonly saltenv: string;
  readonly test: boolean;
  readonly pillar: Pillar;
  /** `metalk8s.get_archives` on the executing node; throws CommandExecutionError. */
  archives(): Promise<readonly ArchiveInfo[]>;
  readonly signal: AbortSignal;
}

/** One SLS file: how long it takes on real hardware, and the states it renders to. */
export interface Sls {
  readonly durationMs: number;
  render(context: StateContext): Promise<readonly Chunk[]>;
}

/** Rendering stopped; the message stands behind `Rendering SLS 'ENV:SLS' failed: `. */
export class SlsRenderError extends Error {
  override readonly name = 'SlsRenderError';
}

/** A file.managed has no source; the message is its comment. */
export class SourceMissing extends Error {
  override readonly name = 'SourceMissing';
}

/** Did this earlier state change something? */
export function hasChanged(before: Before, id: string): boolean {
  return Object.keys(before.get(id)?.changes ?? {}).length > 0;
}

/** A success; without a comment Salt leaves the text empty. */
export function ok(comment: string, changes: JsonObject = {}): Outcome {
  return { result: true, comment, changes };
}

/** A failed state; Salt logs its comment as an error. */
export function failed(comment: string, log = ''): Outcome {
  return { result: false, comment, changes: {}, log: `${log}[ERROR   ] ${comment}\n` };
}
