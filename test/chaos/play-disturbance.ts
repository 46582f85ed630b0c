import type { NodeReport } from '../../sandbox/cluster/report.ts';
import { CLUSTER } from '../../sandbox/people.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { resultOf, type ScenarioResult } from '../../sandbox/scenario/result.ts';
import type { ChangeEvent } from '../../src/domain/change/change.ts';
import { judgeCommands } from '../harness/judges/commands.ts';
import { actsOf, engineJobs, stepsIn } from '../harness/judges/deeds.ts';
import { inTheEnd } from '../harness/judges/in-the-end.ts';
import { NotMet } from '../harness/stage/not-met.ts';
import { besideEachOther } from '../harness/trials/beside-each-other.ts';
import type { Disturbance, End } from './disturbances/disturbance.ts';
import { judgeCluster, judgeUntouched } from './judges/cluster.ts';
import { judgeDurations, judgeJournal, judgeRecord } from './judges/record.ts';
import { judgeShown, judgeSlack } from './judges/slack.ts';
import { judgeChanges, judgeUndo } from './judges/undo.ts';
import { ChaosStage } from './stage/chaos-stage.ts';
import { operate } from './stage/operator.ts';
import type { Recovery } from './stage/recovery.ts';

/** The result of an undisturbed run, to compare all others with. */
export interface Undisturbed {
  readonly nodes: Readonly<Record<string, NodeReport>>;
  readonly events: readonly ChangeEvent[];
}

/** The result of a scenario; it survived if there are no complaints. */
export interface Played {
  readonly name: string;
  readonly complaints: readonly string[];
  readonly seconds: number;
  /** The final state of the run; null if it did not get that far. */
  readonly left: Undisturbed | null;
  /** The last log lines of worker and bot. */
  readonly logs: string;
}

export interface PlayOptions {
  readonly pace: number;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Null for the undisturbed run. */
  readonly undisturbed: Undisturbed | null;
  readonly onRecovery: (what: Recovery, scenario: string, seconds: number) => void;
}

/** Plays `add node-2` in its own sandbox with one disturbance, and judges the result. */
export async function playDisturbance(disturbance: Disturbance, options: PlayOptions): Promise<Played> {
  const from = performance.now();
  const { name } = disturbance;
  const seconds = () => (performance.now() - from) / 1000;
  try {
    const { complaints, left, logs } = await played(disturbance, options);
    return { name, complaints, left, logs, seconds: seconds() };
  } catch (error) {
    options.signal.throwIfAborted();
    return {
      name,
      complaints: [`the scenario failed to run: ${String(error)}`],
      left: null,
      logs: '',
      seconds: seconds(),
    };
  }
}

async function played(
  disturbance: Disturbance,
  { pace: usual, random, signal, undisturbed, onRecovery }: PlayOptions,
): Promise<Pick<Played, 'complaints' | 'left' | 'logs'>> {
  const { name, isMeasured = true, pace = usual, setsClocks = false } = disturbance;
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const sandbox = await startSandbox({ pace, log: () => undefined, hasClocks: setsClocks, signal });
  const stage = new ChaosStage({
    sandbox,
    pace,
    random,
    signal: either,
    onRecovery: (what, seconds) => (isMeasured ? onRecovery(what, name, seconds) : undefined),
  });
  try {
    const failed = await performed(disturbance, stage, over);
    const result = await resultOf(null, sandbox, signal);
    const complaints = [...failed, ...(await judged(disturbance, stage, sandbox, { result, undisturbed }))];
    const left = { nodes: result.nodes, events: stage.journal.events() };
    return { complaints, left, logs: complaints.length === 0 ? '' : await lastWords(stage, sandbox) };
  } finally {
    over.abort();
    await stage.close();
    await sandbox.close();
  }
}

/** Runs people and strike in parallel; the first failure ends the other. */
async function performed(
  disturbance: Disturbance,
  stage: ChaosStage,
  over: AbortController,
): Promise<readonly string[]> {
  try {
    await disturbance.before?.(stage);
    await besideEachOther(over, operate(stage, disturbance), disturbance.strike?.(stage));
    await disturbance.after?.(stage);
    return [];
  } catch (error) {
    if (error instanceof NotMet) return [error.message];
    return [`the disturbance itself failed: ${error instanceof Error ? error.message : String(error)}`];
  }
}

async function judged(
  { end, repeats = 0, lostCards = 0 }: Disturbance,
  stage: ChaosStage,
  sandbox: Sandbox,
  { result, undisturbed }: { readonly result: ScenarioResult; readonly undisturbed: Undisturbed | null },
): Promise<readonly string[]> {
  if (end.state === 'undone') return await judgeUndo(stage, result);
  if (end.state === 'followed')
    return [...(await judgeChanges(stage, result, ['done', ...end.then])), ...(await end.left(stage, result))];
  const events = stage.journal.events();
  const { world } = sandbox.cluster;
  const acts = judgeCommands({
    acts: actsOf(world),
    jobs: engineJobs(world),
    events: stage.eventsInTrueTime(),
    steps: stepsIn(events),
    repeats: stage.interruptions + repeats,
  });
  const complaints = [...acts, ...(await judgeJournal(stage.journal.path)), ...judgeDurations(events, stage.seconds())];
  const [change, ...others] = result.changes;
  if (change === undefined) return [...complaints, 'there is no change'];
  return [
    ...complaints,
    ...(others.length === 0 ? [] : [`there are ${others.length} extra changes`]),
    ...(change.state === end.state ? [] : [`the change is ${change.state}, not ${end.state}: ${change.says}`]),
    ...clusterComplaints(end, result.nodes, undisturbed, sandbox),
    ...(await judgeRecord(stage.redisUrl, CLUSTER, change.id, events)),
    ...(await inTheEnd(() =>
      judgeSlack(sandbox.slack.messages(), {
        state: end.state,
        wasApproved: events.some(({ type }) => type === 'approved'),
        lostCards,
        failures: events.filter(({ type }) => type === 'failed').length,
      }),
    )),
    ...judgeShown(sandbox.texts.all(), 'shows' in end ? end.shows : []),
  ];
}

/** A done change must match an undisturbed one; a refused one must change nothing; a failed one is judged by its acts. */
function clusterComplaints(
  { state }: End,
  nodes: Readonly<Record<string, NodeReport>>,
  undisturbed: Undisturbed | null,
  { cluster: { world } }: Sandbox,
): readonly string[] {
  if (state === 'done') return undisturbed === null ? [] : judgeCluster(nodes, undisturbed.nodes);
  if (state !== 'refused' && state !== 'expired') return [];
  const acts = [
    ...actsOf(world).map(({ on, line }) => `${on}: ${line}`),
    ...engineJobs(world).map(() => 'the engines'),
  ];
  return [...judgeUntouched(nodes), ...acts.map((act) => `the change is ${state}, but it ran: ${act}`)];
}

async function lastWords(stage: ChaosStage, { services }: Sandbox): Promise<string> {
  const journal = stage.journal
    .events()
    .map((event) => `${event.at} ${event.type} ${'step' in event ? event.step : ''}`);
  return [
    'journal:',
    ...journal,
    'worker:',
    await services.worker.lastLines(),
    'bot:',
    await services.bot.lastLines(),
  ].join('\n');
}
