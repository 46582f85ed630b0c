import type { FailedState, Jid, SaltReturn } from '../../domain/cluster/salt.ts';
import type { CommandResult } from '../../domain/node-commands/command.ts';
import { type Ended, endInWords } from '../../domain/node-commands/ended.ts';
import { minionValues, type State, saysMasterIsDown, saysNobodyMatched, statesOf } from './parse.ts';

/** The expected answer: a map of states, or any result of a function. */
export type Expects = 'states' | 'anything';

/** The verdict on one `salt-call`; ok only if JSON and exit code agree. */
export function classifyCall(result: CommandResult, expects: Expects): SaltReturn {
  const values = minionValues(result.stdout);
  if (!values.has('local')) return withoutAnswer(result);
  return withEnd(classifyValue(values.get('local'), expects), result.ended);
}

/** Downgrades an ok without exit code 0; any other verdict stays. */
export function withEnd(answer: SaltReturn, ended: Ended): SaltReturn {
  if (answer.is !== 'ok') return answer;
  if (ended.is !== 'exit') return { is: 'lost', says: `It printed an answer, but it ${endInWords(ended)}.` };
  if (ended.code === 0) return answer;
  return { is: 'error', why: 'command', says: `Exit code ${ended.code}, although no state failed.` };
}

/** The verdict on each minion's answer to the master's `salt`; a silent minion is missing in the map. */
export function classifyMinions(result: CommandResult, expects: Expects): ReadonlyMap<string, SaltReturn> {
  return new Map([...minionValues(result.stdout)].map(([id, value]) => [id, classifyValue(value, expects)]));
}

/** The answer to `salt --async`: a jid, even if the session broke afterwards, or why there is none. `lost`: it may start yet. */
export function classifyStart(result: CommandResult): { readonly jid: Jid } | SaltReturn {
  const jid = result.stdout.match(/Executed command with job ID: (\d{20})/)?.[1];
  if (jid !== undefined) return { jid };
  const says = words(result);
  if (saysNobodyMatched(result.stdout)) return { is: 'error', why: 'nobody', says };
  // After a timeout the master may still publish the job: a real 3006.0 did so 11 s later.
  return TIMED_OUT.test(result.stdout + result.stderr) ? { is: 'lost', says } : withoutAnswer(result);
}

/** The verdict on one minion's value. */
export function classifyValue(value: unknown, expects: Expects): SaltReturn {
  if (typeof value === 'string') return fromText(value, expects);
  if (Array.isArray(value)) return fromList(value, expects);
  const states = statesOf(value);
  if (states !== null) return fromStates(states);
  if (expects === 'anything') return { is: 'ok', states: 0, changed: 0 };
  return { is: 'error', why: 'empty', says: 'Salt returned no states.' };
}

function fromStates(states: readonly State[]): SaltReturn {
  const bad = states.filter((one) => one.result === 'false');
  const roots = bad.filter((one) => !one.comment.startsWith('One or more requisite failed'));
  const [first] = [...roots, ...bad];
  if (first === undefined) {
    return { is: 'ok', states: states.length, changed: states.filter((one) => one.changed).length };
  }
  return { is: 'failed', first: failedState(first), failed: roots.length, skipped: bad.length - roots.length };
}

const failedState = ({ id, sls, name, comment }: State): FailedState => ({ id, sls, name, comment });

const CONFLICT = /^The function "[^"]+" is running as PID \d+ and was started at .+? with jid (\d+)$/;
const MISSING = /^No matching (sls|salt environment) |^Specified SLS .+ is not available on the salt master /;

/** A list means that no state ran. */
function fromList(list: readonly unknown[], expects: Expects): SaltReturn {
  const lines = list.filter((one) => typeof one === 'string');
  const says = lines.join('\n');
  const jids = lines.flatMap((one) => one.match(CONFLICT)?.[1] ?? []);
  if (jids.length > 0) return { is: 'conflict', says, jids };
  if (lines[0]?.startsWith('Pillar failed to render')) return { is: 'not-run', why: 'pillar', says };
  if (lines.some((one) => MISSING.test(one))) return { is: 'not-run', why: 'missing', says };
  if (lines.some((one) => one.startsWith('Rendering SLS '))) return { is: 'not-run', why: 'render', says };
  if (expects === 'anything') return { is: 'ok', states: 0, changed: 0 };
  if (says === '') return { is: 'error', why: 'empty', says: 'Salt returned an empty list.' };
  return { is: 'not-run', why: 'render', says };
}

/** Text is a missing answer or an error; for functions other than states it may be the result. */
function fromText(text: string, expects: Expects): SaltReturn {
  if (text.startsWith('Minion did not return')) return { is: 'no-return', says: text };
  if (/ is not available\.\s*$/.test(text) || NOT_LOADED.test(text)) {
    return { is: 'error', why: 'not-available', says: text };
  }
  if (expects === 'anything' && !FUNCTION_ERROR.test(text)) return { is: 'ok', states: 0, changed: 0 };
  return { is: 'error', why: 'command', says: text };
}

const NOT_LOADED = /__virtual__ returned False/;
const FUNCTION_ERROR = /^(Passed invalid arguments|ERROR\b|The minion function caused an exception)/;
const TIMED_OUT = /Salt request timed out/;
const NO_MASTER = /Unable to sign_in to master|Salt request timed out|Unable to connect to the salt master/;

/** The verdict without JSON, from the end and the output. */
function withoutAnswer(result: CommandResult): SaltReturn {
  const { ended, stdout, stderr } = result;
  const exitCode = ended.is === 'exit' ? ended.code : null;
  const says = words(result);
  if (saysMasterIsDown(stdout) || (exitCode !== null && NO_MASTER.test(stderr))) return { is: 'master-down', says };
  if (exitCode === 64) return { is: 'error', why: 'usage', says };
  if (exitCode === 255 && (/ is not available\./.test(stderr) || NOT_LOADED.test(stderr))) {
    return { is: 'error', why: 'not-available', says };
  }
  return endedEarly(ended, stdout) ? { is: 'lost', says } : { is: 'error', why: 'command', says };
}

/**
 * 0 without JSON: salt and salt-call catch SIGINT and SIGTERM and exit 0. 255: ssh, kubectl. 124: timeout. 126: the engine could
 * not start the command. From 128 up: a signal. A bracket at the start of a line is JSON that was cut.
 */
function endedEarly(ended: Ended, stdout: string): boolean {
  if (ended.is !== 'exit') return true;
  return [0, 124, 126].includes(ended.code) || ended.code >= 128 || /^[{[]\s*("|$)/m.test(stdout);
}

/** Python's; its last line is the error. */
const TRACEBACK = 'Traceback (most recent call last):';

/** The last output, and the end where it says more. */
function words({ ended, stdout, stderr }: CommandResult): string {
  const output = stderr.trim() || stdout.trim();
  const said = (output.includes(TRACEBACK) ? output.slice(output.lastIndexOf('\n') + 1) : output).slice(-1500);
  const end = `It ${endInWords(ended)}`;
  if (said === '') return `${end}. It printed nothing.`;
  return ended.is === 'exit' && ended.code < 128 ? said : `${said}\n${end}.`;
}
