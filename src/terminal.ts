import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { healthOf } from './adapters/health/health.ts';
import { journalMemory } from './adapters/journal/entries/memory.ts';
import type { PlanHerePorts } from './app/here/plan.ts';
import { type WorkerConfig, workerConfig } from './config/worker-config.ts';
import { isRefusal, refuse } from './domain/answers/refusal.ts';
import { WORKER_THERE, type WorkerState } from './domain/cluster/worker-state.ts';
import type { HereQuestion } from './domain/questions/here.ts';
import { parseQuestion } from './domain/questions/questions.ts';
import { codeOf } from './domain/text/error-code.ts';
import { logOn, onScreen, warnOf } from './on-screen.ts';
import { systemClock as clock } from './runtime/clock.ts';
import { workerCluster } from './runtime/worker/cluster.ts';
import { answerHere } from './terminal/answers.ts';
import type { Outcome } from './terminal/outcome.ts';
import type { Screen } from './terminal/screen.ts';
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
export async function onTerminal({ question, words, config: path, json }: AskedHere): Promise<number> {
  return await onScreen(json, async (screen) => {
    const config = workerConfig(path, process.env);
    const context = { clusters: [config.cluster], defaultCluster: config.cluster };
    const wish = parseQuestion(question, wordsFrom(words), context);
    if (isRefusal(wish)) return { is: 'usage', refusal: wish };
    const denied = await whyNotRead(config);
    if (denied !== null) return denied;
    return await inCluster(config, screen, (ports) =>
      answerHere(wish, ports, screen.wait, new AbortController().signal),
    );
  });
}

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
      memory: journalMemory(join(config.stateFolder, 'journal.jsonl')),
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
