import { timeOfDay } from '../jid.ts';
import type { Json, JsonObject } from '../json.ts';
import type { FunContext } from '../minion/fun-context.ts';
import { pause } from '../pace.ts';
import { type Chunk, failed, type Outcome, type StateContext } from '../states/chunk.ts';
import { wordsFor } from './fault-words.ts';

/** A finished state run: the returned map, and the error log. */
export interface StateRun {
  readonly states: JsonObject;
  readonly hasFailed: boolean;
  readonly log: string;
}

/** Runs the states in order, each taking its share of the SLS's duration; a failed state stops only those that require it. */
export async function runChunks(
  call: FunContext,
  context: StateContext,
  chunks: readonly Chunk[],
  durationMs: number,
  files: readonly { readonly name: string }[],
): Promise<StateRun> {
  const share = (context.test ? 0.1 : 1) * (durationMs / Math.max(1, chunks.length));
  const doomed = chunkToBreak(call, chunks, files);
  const before = new Map<string, Outcome>();
  const states: Record<string, Json> = {};
  let log = '';
  for (const [number, chunk] of chunks.entries()) {
    const startedAt = new Date();
    await pause(call.world, share, call.signal);
    const broken = chunk.requires.flatMap((id) => (before.get(id)?.result === false ? [id] : []));
    const outcome = broken.length > 0 ? null : await outcomeOf(chunk, before, doomed);
    before.set(chunk.id, outcome ?? failed(''));
    log += outcome?.log ?? '';
    const [module, fun] = chunk.fun.split('.');
    const key = `${module}_|-${chunk.id}_|-${chunk.name}_|-${fun}`;
    const timing = { start_time: timeOfDay(startedAt), duration: elapsed(startedAt, call.world.pace) };
    states[key] =
      outcome === null ? unmet(chunk, chunks, broken, number, timing) : entry(chunk, outcome, number, timing);
  }
  return { states, hasFailed: [...before.values()].some(({ result }) => result === false), log };
}

interface Timing extends JsonObject {
  readonly start_time: string;
  readonly duration: number;
}

interface Doomed {
  readonly chunk: Chunk;
  readonly comment: string;
}

async function outcomeOf(chunk: Chunk, before: ReadonlyMap<string, Outcome>, doomed: Doomed | null): Promise<Outcome> {
  return doomed?.chunk === chunk ? failed(doomed.comment) : await chunk.run(before);
}

/** The fault state-fails breaks the last state of the SLS; the states before it really run. */
function chunkToBreak(
  call: FunContext,
  chunks: readonly Chunk[],
  files: readonly { readonly name: string }[],
): Doomed | null {
  const words = wordsFor(call.world, 'state-fails', call.node.name);
  const sls = words?.[0];
  if (words === undefined || sls === undefined || !files.some(({ name }) => name === sls)) return null;
  const chunk = chunks.findLast((one) => one.sls === sls || one.sls.startsWith(`${sls}.`)) ?? chunks.at(-1);
  const comment = words.slice(1).join(' ');
  return chunk === undefined
    ? null
    : { chunk, comment: comment === '' ? 'Unable to manage file: [Errno 5] Input/output error' : comment };
}

function entry(chunk: Chunk, { changes, comment, result }: Outcome, number: number, timing: Timing): JsonObject {
  return {
    changes,
    comment,
    name: chunk.name,
    result,
    __sls__: chunk.sls,
    __run_num__: number,
    ...timing,
    __id__: chunk.id,
  };
}

/** A state that did not run has neither `name` nor `__id__`. */
function unmet(
  chunk: Chunk,
  chunks: readonly Chunk[],
  broken: readonly string[],
  number: number,
  timing: Timing,
): JsonObject {
  const names = broken.map((id) => `${chunks.find((one) => one.id === id)?.sls}.${id}`);
  const comment = `One or more requisite failed: ${names.join(', ')}`;
  return { changes: {}, result: false, ...timing, comment, __run_num__: number, __sls__: chunk.sls };
}

/** Elapsed milliseconds, scaled to pace 1. */
function elapsed(since: Date, pace: number): number {
  return Math.round(((Date.now() - since.getTime()) / Math.max(pace, 0.001)) * 1000) / 1000;
}
