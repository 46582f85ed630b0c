import type { NodeActs, SimNode, World } from '../../world.ts';
import type { JsonObject } from '../json.ts';
import type { ArchiveInfo } from '../minion/archives.ts';
import type { Pillar } from '../minion/pillar.ts';

/** A state's result. `log` is what the minion wrote to its error log. */
export interface Outcome {
  readonly result: boolean | null;
  readonly comment: string;
  readonly changes: JsonObject;
  readonly log?: string;
}

/** Outcomes of earlier states by ID, for watch and onchanges. */
export type Before = ReadonlyMap<string, Outcome>;

/** A low chunk: `module.fun` applied to `name`, with the SLS's ID. */
export interface Chunk {
  readonly sls: string;
  readonly id: string;
  readonly name: string;
  readonly fun: `${string}.${string}`;
  /** IDs that must have succeeded. */
  readonly requires: readonly string[];
  run(before: Before): Promise<Outcome>;
}

/** What an SLS can read while it renders and runs. */
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

/** An SLS file: its duration on real hardware, and the states it renders to. */
export interface Sls {
  readonly durationMs: number;
  render(context: StateContext): Promise<readonly Chunk[]>;
}

/** Rendering failed; the message follows `Rendering SLS 'ENV:SLS' failed: `. */
export class SlsRenderError extends Error {
  override readonly name = 'SlsRenderError';
}

/** A file.managed has no source; the message is its comment. */
export class SourceMissing extends Error {
  override readonly name = 'SourceMissing';
}

/** Whether this earlier state changed something. */
export function hasChanged(before: Before, id: string): boolean {
  return Object.keys(before.get(id)?.changes ?? {}).length > 0;
}

/** A success; without a comment Salt returns an empty text. */
export function ok(comment: string, changes: JsonObject = {}): Outcome {
  return { result: true, comment, changes };
}

/** A failed state; Salt logs its comment as an error. */
export function failed(comment: string, log = ''): Outcome {
  return { result: false, comment, changes: {}, log: `${log}[ERROR   ] ${comment}\n` };
}
