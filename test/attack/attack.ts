import type { Folder } from './folder.ts';
import type { AttackStage, Target } from './stage.ts';

/** An attack on a process of the sandbox, or on one part of the product alone. `stopped` tells the evidence, in a sentence. */
export type Attack =
  | (Described & {
      readonly on: 'bot' | 'worker';
      readonly stopped: (stage: AttackStage) => Promise<string>;
      /** What it may let run on the cluster, because somebody approves a change in it. */
      readonly runs?: true;
      /** It starts the process anew, so that another one answers afterwards. */
      readonly restarts?: true;
    })
  | (Described & { readonly on: 'part'; readonly stopped: (folder: Folder) => Promise<string> });

interface Described {
  readonly name: string;
  /** What somebody tries. */
  readonly tries: string;
}

/** An attack on the worker, beside a change that is planned and that nobody has approved. */
export const besideAPlan = (
  name: string,
  tries: string,
  stopped: (stage: AttackStage, target: Target) => Promise<string>,
): Attack => ({ on: 'worker', name, tries, stopped: async (stage) => stopped(stage, await stage.planned()) });

/** The attack had an effect that it must not have, or nothing shows that it had none. */
export class GotThrough extends Error {
  override readonly name = 'GotThrough';
}

/** The attack could not be made, which proves nothing. */
export class NotMade extends Error {
  override readonly name = 'NotMade';
}

/** Throws GotThrough unless it is so. */
export function must(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new GotThrough(otherwise);
}

/** Throws NotMade unless the attack has reached its place. */
export function reached(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new NotMade(otherwise);
}

/** One line of at most so many characters, for the table. */
export function short(text: string, limit = 110): string {
  const line = text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  return line.length <= limit ? line : `${line.slice(0, limit - 1)}…`;
}
