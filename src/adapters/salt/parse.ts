import { z } from 'zod';
import type { FailedState } from '../../domain/cluster/salt.ts';
import type { CommandResult } from '../../domain/node-commands/command.ts';
import { exit } from '../../domain/node-commands/ended.ts';
import { documents } from './documents.ts';

const record = z.record(z.string(), z.unknown());

/** Answers by minion ID (`local` for salt-call), without the keys `retcode` and `jid` that batches and `--static` add. */
export function minionValues(stdout: string): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>();
  for (const document of documents(stdout)) {
    for (const [id, value] of Object.entries(record.safeParse(document).data ?? {})) {
      if (!isBatchNote(id, value)) values.set(id, value);
    }
  }
  return values;
}

const isBatchNote = (id: string, value: unknown) =>
  (id === 'retcode' && typeof value === 'number') ||
  (id === 'jid' && typeof value === 'string' && /^\d{20}$/.test(value));

/** The answers of `salt` and `salt-run` without their master: exit code 0, and a line of text or a JSON string. */
export const saysMasterIsDown = (stdout: string): boolean =>
  /^"?(The salt master could not be contacted|Salt request timed out)/m.test(stdout);

/** Salt's answer when it knows no minion of a target: nothing was sent. Exit code 2; with --async 0, and `job ID: 0`. */
export const saysNobodyMatched = (stdout: string): boolean =>
  /^No minions matched the target\b|^Executed command with job ID: 0$/m.test(stdout);

const runSchema = z.object({ retcode: z.int(), stdout: z.string(), stderr: z.string() });

/** A minion's answer to cmd.run_all. Without one, or with any other words, nobody knows whether the command ran. */
export function commandResultOf(value: unknown): CommandResult {
  const ran = runSchema.safeParse(value).data;
  if (ran !== undefined) return { ended: exit(ran.retcode), stdout: ran.stdout, stderr: ran.stderr };
  const says = typeof value === 'string' ? value.slice(0, 300) : 'The minion did not answer.';
  // A program that is missing: Salt raises before it starts anything (salt.modules.cmdmod, 3002).
  const isMissing = says.startsWith('ERROR: Unable to run command');
  return { ended: isMissing ? exit(127) : { is: 'unknown', says }, stdout: '', stderr: isMissing ? says : '' };
}

/** One state of a run. */
export interface State extends FailedState {
  readonly order: number;
  /** `would` is Salt's null: a change that test=True did not make. */
  readonly result: 'true' | 'false' | 'would';
  readonly changed: boolean;
}

/** A comment as text: some states return a list, or an object of texts. */
function textOf(comment: unknown): string {
  if (typeof comment === 'string') return comment;
  if (Array.isArray(comment)) return comment.map((one) => (typeof one === 'string' ? one : jsonOf(one))).join('\n');
  return comment === undefined || comment === null ? '' : jsonOf(comment);
}

/** Empty for values that are nested too deeply to be printed. */
export function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch (error) {
    if (error instanceof RangeError) return '';
    throw error;
  }
}

const stateSchema = z.object({
  // Anything but true or null is a failure.
  result: z
    .union([z.literal(true), z.null()])
    .or(z.literal(false))
    .catch(false),
  comment: z.unknown().optional().transform(textOf),
  changes: record.catch({}),
  name: z.string().optional().catch(undefined),
  __id__: z.string().optional().catch(undefined),
  __sls__: z.string().optional().catch(undefined),
  __run_num__: z.number().catch(Number.MAX_SAFE_INTEGER),
});

/** What cmd.run reports among its changes. */
const outputSchema = z.object({ retcode: z.number(), stderr: z.string().catch(''), stdout: z.string().catch('') });

/** Salt's comment; of a failed command, which only says that it ran, with the exit code and the output. */
function commentOf({ result, comment, changes }: z.infer<typeof stateSchema>): string {
  const output = outputSchema.safeParse(changes).data;
  if (result !== false || output === undefined) return comment;
  return `${comment}\nExit code ${output.retcode}: ${output.stderr.trim() || output.stdout.trim() || 'no output'}`;
}

/** The states of a minion's answer in the order they ran; null when it is not a map of states. */
export function statesOf(value: unknown): readonly State[] | null {
  const map = record.safeParse(value);
  if (!map.success) return null;
  const states = Object.entries(map.data).flatMap(([key, one]) => (key.includes('_|-') ? [stateOf(key, one)] : []));
  return states.length === 0 ? null : states.sort((a, b) => a.order - b.order);
}

/** A key is `module_|-id_|-name_|-function`; a state with an unknown function has no other ID. */
function stateOf(key: string, value: unknown): State {
  const state = stateSchema.parse(record.safeParse(value).data ?? {});
  const [, id = key, name = id] = key.split('_|-');
  return {
    id: state.__id__ ?? id,
    sls: state.__sls__ ?? state.comment.match(/ in SLS '([^']+)'/)?.[1] ?? 'an unnamed SLS',
    name: state.name ?? name,
    comment: commentOf(state),
    order: state.__run_num__,
    result: state.result === null ? 'would' : state.result ? 'true' : 'false',
    changed: Object.keys(state.changes).length > 0,
  };
}
