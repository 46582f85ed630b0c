import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { WrongConfig } from '../../src/config/read-config.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { DescriptionWrong, readDescription } from '../cluster/build/description.ts';
import { DEFAULT_DESCRIPTION } from '../cluster/simulated-cluster.ts';
import { CLUSTER, PEOPLE } from '../people.ts';
import { readPolicy } from '../policy.ts';
import type { Sandbox } from '../sandbox.ts';
import { type ParsedScenario, parseScenario } from '../scenario/parse/parse.ts';
import type { Statement } from '../scenario/parse/statement.ts';
import { wrongFaults } from '../scenario/parse/wrong-faults.ts';
import { type FailedStatement, play } from '../scenario/play/play.ts';
import { resultOf } from '../scenario/result.ts';
import { stageOf } from '../scenario/sandbox-stage.ts';
import { type CommandOptions, sandboxOptions, startOrSay } from './options.ts';
import { Stopped } from './stop-signal.ts';

/** Options of `sandbox run`. */
export interface ScenarioOptions extends CommandOptions {
  readonly json?: boolean;
  /** Multiplies every limit of the scenario; default 1. */
  readonly patience?: number;
}

const PASSED = 0;
const NOT_MET = 1;
const UNREADABLE = 2;
const INTERRUPTED = 130;

/** Plays a scenario and returns the exit code: 0 if every expectation is met, 1 if not, 2 if it cannot be read. */
export async function runScenario(
  file: string | undefined,
  options: ScenarioOptions,
  signal: AbortSignal,
): Promise<number> {
  const say = (line: string): void => void (options.json === true ? process.stderr : process.stdout).write(`${line}\n`);
  const scenario = await readScenario(file);
  if (scenario.is === 'wrong') {
    for (const mistake of scenario.mistakes) say(mistake);
    return UNREADABLE;
  }
  const wrong = await whatIsWrongWith(options, scenario.statements);
  if (wrong.length > 0) {
    for (const mistake of wrong) say(mistake);
    return UNREADABLE;
  }
  const sandbox = await startOrSay(sandboxOptions(options, say, signal), say);
  if (sandbox === null) return signal.aborted ? INTERRUPTED : NOT_MET;
  try {
    const { json = false, patience = 1 } = options;
    return await playIn(sandbox, scenario.statements, { json, patience, say, signal });
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    say(error.message);
    return INTERRUPTED;
  } finally {
    await sandbox.close();
  }
}

async function readScenario(file: string | undefined): Promise<ParsedScenario> {
  try {
    const statements = file === undefined ? await text(process.stdin) : await readFile(file, 'utf8');
    return parseScenario(statements, { people: PEOPLE.map(({ name }) => name) });
  } catch (error) {
    return { is: 'wrong', mistakes: [`The scenario cannot be read: ${String(error)}`] };
  }
}

/** Checks the named files and the scenario's faults before anything is started. */
async function whatIsWrongWith(
  { cluster = DEFAULT_DESCRIPTION, policy }: ScenarioOptions,
  statements: readonly Statement[],
): Promise<readonly string[]> {
  try {
    const { nodes } = await readDescription(cluster);
    if (policy !== undefined) readPolicy(policy, CLUSTER, new Date());
    return wrongFaults(
      statements,
      nodes.map(({ name }) => name),
    );
  } catch (error) {
    const isExplained = error instanceof DescriptionWrong || error instanceof WrongConfig;
    return [isExplained ? error.message : `${cluster} cannot be read: ${String(error)}`];
  }
}

interface Showing {
  readonly json: boolean;
  readonly patience: number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

async function playIn(
  sandbox: Sandbox,
  statements: readonly Statement[],
  { json, patience, say, signal }: Showing,
): Promise<number> {
  const stage = stageOf(sandbox, signal);
  const onPlayed = ({ text: line }: Statement, seconds: number) => say(`${seconds.toFixed(1).padStart(6)} s  ${line}`);
  const failed = await play(statements, { stage, clock: systemClock, signal, patience }, onPlayed);
  if (failed !== null) await tellFailed(failed, sandbox, say);
  if (json) process.stdout.write(`${JSON.stringify(await resultOf(failed, sandbox, signal))}\n`);
  else if (failed === null) say(`Every expectation is met (${statements.length} statements).`);
  return failed === null ? PASSED : NOT_MET;
}

async function tellFailed(
  { statement, instead }: FailedStatement,
  { services }: Sandbox,
  say: (line: string) => void,
): Promise<void> {
  say(`Line ${statement.line} was not met: ${statement.text}\n${instead}`);
  for (const [name, service] of [
    ['bot', services.bot],
    ['worker', services.worker],
  ] as const) {
    say(`\nLast lines of the ${name} log:\n${await service.lastLines()}`);
  }
}
