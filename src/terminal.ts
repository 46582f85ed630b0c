import { access, constants } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { healthOf } from './adapters/health/health.ts';
import { journalMemory } from './adapters/journal/entries/memory.ts';
import { type Call, callWorker } from './adapters/socket/call.ts';
import type { PlanHerePorts } from './app/here/plan.ts';
import { type WorkerConfig, workerConfig } from './config/worker-config.ts';
import type { FailureReport } from './domain/answers/failure-report.ts';
import { isRefusal, refuse } from './domain/answers/refusal.ts';
import type { ChangeId } from './domain/change/change.ts';
import { WORKER_THERE, type WorkerState } from './domain/cluster/worker-state.ts';
import type { HereQuestion } from './domain/questions/here.ts';
import { parseQuestion } from './domain/questions/questions.ts';
import { codeOf } from './domain/text/error-code.ts';
import { parseHere } from './domain/wish/parse-here.ts';
import { wordsFrom } from './domain/wish/shell-words.ts';
import type { TerminalAsk, TerminalCommand } from './domain/wish/terminal-talk.ts';
import { logOn, onScreen, warnOf } from './on-screen.ts';
import { systemClock as clock } from './runtime/clock.ts';
import { workerCluster } from './runtime/worker/cluster.ts';
import { socketIn } from './runtime/worker/terminal.ts';
import { answerHere } from './terminal/answers.ts';
import { converse } from './terminal/converse.ts';
import { endOf } from './terminal/end.ts';
import type { Outcome } from './terminal/outcome.ts';
import type { Screen } from './terminal/screen.ts';

/** A command as typed on the bootstrap node. */
export interface AskedHere {
  readonly question: HereQuestion;
  readonly words: readonly string[];
  /** Path of worker.yaml. */
  readonly config: string;
  readonly json: boolean;
}

/** A command that changes something, as typed on the bootstrap node. */
export interface AskedChange extends Omit<AskedHere, 'question'> {
  readonly command: TerminalCommand;
  readonly breakGlass?: string;
}

/** Answers a question on the bootstrap node, without Slack and Redis; returns the exit code. Nothing of the node or the worker is changed. */
export async function onTerminal({ question, words, config: path, json }: AskedHere): Promise<number> {
  return await onScreen(json, async (screen) => {
    const config = workerConfig(path, process.env);
    const wish = parseQuestion(question, wordsFrom(words), contextOf(config));
    if (isRefusal(wish)) return { is: 'usage', refusal: wish };
    const denied = await whyNotRead(config);
    if (denied !== null) return denied;
    return await inCluster(config, screen, (ports) =>
      answerHere(wish, ports, screen.wait, new AbortController().signal),
    );
  });
}

/** Has the worker of this node carry out a change, without Slack and Redis; returns the exit code. */
export async function changeOnTerminal(asked: AskedChange): Promise<number> {
  const code = await onScreen(asked.json, (screen) => outcomeOfChange(asked, screen));
  // Standard input may still be open.
  process.stdin.destroy();
  return code;
}

const contextOf = ({ cluster }: WorkerConfig) => ({ clusters: [cluster], defaultCluster: cluster });

async function outcomeOfChange(
  { command, words, config: path, breakGlass }: AskedChange,
  screen: Screen,
): Promise<Outcome> {
  const config = workerConfig(path, process.env);
  const wish = parseHere(command, wordsFrom(words), contextOf(config));
  if (isRefusal(wish)) return { is: 'usage', refusal: wish };
  const denied = await whyNotRead(config);
  if (denied !== null) return denied;
  const alone = breakGlass === undefined ? {} : { breakGlass };
  const worker = await calledWorker(config, { v: 1, ...typist(), command, words, ...alone });
  if ('is' in worker) return worker;
  let underWay: ChangeId | null = null;
  const onUnderWay = (change: ChangeId) => {
    underWay = change;
  };
  const memory = memoryOf(config);
  const ended = (id: ChangeId, says: string) => endOf(command, id, says, { cluster: config.cluster, clock, memory });
  const left = new Promise<Outcome>((resolve) =>
    process.once('SIGINT', () => resolve({ is: 'left', change: underWay })),
  );
  try {
    return await Promise.race([converse(worker, { screen, typed: typedAfter(screen), ended, onUnderWay }), left]);
  } finally {
    worker.close();
  }
}

/** One line from standard input. */
const typedAfter =
  (screen: Screen) =>
  async (question: string): Promise<string> => {
    screen.ask(question);
    for await (const line of createInterface({ input: process.stdin, terminal: false })) return line;
    return '';
  };

/** Who types: behind sudo the person who called it. Only root and the worker's user reach the worker, and root can claim any name. */
function typist(): Pick<TerminalAsk, 'login' | 'uid'> {
  const { uid, username } = userInfo();
  const { SUDO_USER: login = '', SUDO_UID } = process.env;
  return login === '' ? { login: username, uid } : { login, uid: Number(SUDO_UID) || 0 };
}

async function calledWorker(config: WorkerConfig, ask: TerminalAsk): Promise<Call | Outcome> {
  try {
    return await callWorker(socketIn(config), ask);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ECONNREFUSED') throw error;
    return { is: 'failed', failure: NO_WORKER };
  }
}

const NO_WORKER: FailureReport = {
  kind: 'worker-away',
  where: 'the worker',
  what: 'It does not run on this node, or is still starting. Only the worker changes the cluster.',
  next: 'Start it, then run the command again: systemctl start registry-ha-worker',
};

const memoryOf = ({ stateFolder }: WorkerConfig) => journalMemory(join(stateFolder, 'journal.jsonl'));

/** The worker's folder is for its user alone, and so is what this command reads: keys, kubeconfig and journal. */
export async function whyNotRead({ stateFolder }: WorkerConfig): Promise<Outcome | null> {
  try {
    await access(stateFolder, constants.R_OK | constants.X_OK);
    return null;
  } catch (error) {
    // A node whose worker has never started has no folder yet.
    if (codeOf(error) === 'ENOENT') return null;
    const says = `You may not read the worker’s folder ${stateFolder} (${codeOf(error)}).`;
    return { is: 'refused', refusal: refuse('not-allowed', says, 'Run the command as root, or as the worker’s user.') };
  }
}

async function inCluster(
  config: WorkerConfig,
  screen: Screen,
  act: (ports: PlanHerePorts) => Promise<Outcome>,
): Promise<Outcome> {
  const cluster = await workerCluster(config, logOn(screen), false);
  try {
    return await act({
      ...cluster,
      cluster: config.cluster,
      nodesAtATime: config.apply.atATime,
      clock,
      memory: memoryOf(config),
      worker: () => workerHere(config),
      onUnexpected: warnOf(screen),
    });
  } finally {
    await cluster.close();
  }
}

async function workerHere({ health }: WorkerConfig): Promise<WorkerState> {
  const found = await healthOf(health);
  if (found.is === 'silent' || !found.lives) return { is: 'silent', since: null };
  return found.isReady ? WORKER_THERE : { is: 'hindered', says: found.text.replace(/^not ready: /, '') };
}
