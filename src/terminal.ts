import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { healthOf } from './adapters/health/health.ts';
import { journalMemory } from './adapters/journal/entries/memory.ts';
import type { PlanHerePorts } from './app/here/plan.ts';
import { WrongConfig } from './config/read-config.ts';
import { type WorkerConfig, workerConfig } from './config/worker-config.ts';
import { Failure } from './domain/answers/failure.ts';
import type { FailureReport } from './domain/answers/failure-report.ts';
import { isRefusal, refuse } from './domain/answers/refusal.ts';
import { WORKER_THERE, type WorkerState } from './domain/cluster/worker-state.ts';
import type { HereQuestion } from './domain/questions/here.ts';
import { parseQuestion } from './domain/questions/questions.ts';
import { codeOf } from './domain/text/error-code.ts';
import { systemClock as clock } from './runtime/clock.ts';
import type { Log } from './runtime/log.ts';
import { workerCluster } from './runtime/worker/cluster.ts';
import { answerHere } from './terminal/answers.ts';
import type { Outcome } from './terminal/outcome.ts';
import { Screen, type Stream } from './terminal/screen.ts';
import { wordsFrom } from './terminal/word.ts';

/** A command as typed on the bootstrap node. */
export interface AskedHere {
  readonly question: HereQuestion;
  readonly words: readonly string[];
  /** Path of worker.yaml. */
  readonly config: string;
  readonly json: boolean;
}

/** Answers a question on the bootstrap node, without Slack and Redis; returns the exit code. Nothing of the node or the worker is changed. */
export async function onTerminal(asked: AskedHere): Promise<number> {
  const screen = new Screen(streamOf(process.stdout), streamOf(process.stderr), asked.json, () => clock.steadyMs());
  return screen.end(await outcomeOf(asked, screen));
}

function streamOf(stream: NodeJS.WriteStream): Stream {
  // `… | head` closes the pipe early, which is not an error.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  return { isTty: stream.isTTY === true, columns: stream.columns ?? 80, write: (text) => void stream.write(text) };
}

async function outcomeOf({ question, words, config: path }: AskedHere, screen: Screen): Promise<Outcome> {
  try {
    const config = workerConfig(path, process.env);
    const context = { clusters: [config.cluster], defaultCluster: config.cluster };
    const wish = parseQuestion(question, wordsFrom(words), context);
    if (isRefusal(wish)) return { is: 'usage', refusal: wish };
    const denied = await whyNotRead(config);
    if (denied !== null) return denied;
    return await inCluster(config, screen, (ports) =>
      answerHere(wish, ports, screen.wait, new AbortController().signal),
    );
  } catch (error) {
    if (error instanceof WrongConfig) return { is: 'usage', refusal: { says: error.message } };
    if (error instanceof Failure) return { is: 'failed', failure: error.report() };
    screen.warn(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return { is: 'failed', failure: UNFORESEEN };
  }
}

const UNFORESEEN: FailureReport = {
  kind: 'unforeseen',
  where: 'registry-ha',
  what: 'The command ended with an unexpected error. Nothing was changed.',
  next: 'Report it with the text above.',
};

/** The worker's folder is for its user alone, and so is what this command reads: keys, kubeconfig and journal. */
async function whyNotRead({ stateFolder }: WorkerConfig): Promise<Outcome | null> {
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
      memory: journalMemory(join(config.stateFolder, 'journal.jsonl')),
      worker: () => workerHere(config),
      onUnexpected: (error) => screen.warn(`unexpected error: ${error instanceof Error ? error.stack : String(error)}`),
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

const logOn = (screen: Screen): Log => {
  const warn = (fields: object, sentence: string) => screen.warn(`${sentence} ${JSON.stringify(fields)}`);
  return { debug: () => undefined, info: () => undefined, warn, error: warn };
};
