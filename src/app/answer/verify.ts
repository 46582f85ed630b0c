import { isOfTheRecord } from '../../domain/answers/failure.ts';
import { isUnheard, workerState } from '../../domain/cluster/worker-state.ts';
import type { SeenStatus } from '../../domain/questions/status/cluster-status.ts';
import type { ProofReport, SeenProof } from '../../domain/questions/verify/proof-report.ts';
import type { ProofSize, VerifyKnown, VerifyPhase } from '../../domain/questions/verify/view.ts';
import type { AnsweredCluster, AnswerPorts, Gather, Later } from './gather.ts';
import { whyHidden } from './visible-clusters.ts';

const LOOK_EVERY_MS = 1_000;
/** A worker renews the report of a running proof every few seconds. */
const SILENT_MS = 30_000;
/** The worker takes a waiting request within seconds. */
const BEGUN_WITHIN_MS = 120_000;
/** A proof that takes longer has one message between. */
const QUIET_MS = 45_000;
/** Longer than the worker lets a proof last, and shorter than Slack takes private answers. */
const WAIT_MS = 28 * 60_000;

/** Of a proof by the worker. */
type Phase = Exclude<VerifyPhase, { readonly is: 'proved-here' }>;

/** Asks the worker for a proof, unless one is running. */
export const knownForVerify: Gather<'verify'> = async (ask, asker, ports) => {
  const hidden = await whyHidden(ask.cluster, asker, ports);
  if (hidden !== null) return hidden;
  const cluster = ports.clusters.get(ask.cluster);
  if (cluster === undefined) throw new Error(`The bot has lost the cluster ${ask.cluster}.`);
  return { ask, phase: await asked(ask, cluster) };
};

async function asked(
  { nodes, deep }: VerifyKnown['ask'],
  cluster: Pick<AnsweredCluster, 'worker' | 'board' | 'proofBoard'>,
): Promise<Phase> {
  const worker = workerState(await cluster.worker.seen());
  if (isUnheard(worker)) return { is: 'worker-away', worker };
  const running = runningIn(await cluster.proofBoard.seen());
  if (running !== null) return { is: 'busy', progress: running.progress };
  const request = await cluster.proofBoard.ask({ nodes, deep });
  if (request === null) return { is: 'busy', progress: null };
  return { is: 'asked', request, size: sizeIn(await cluster.board.seen()) };
}

type Running = Extract<ProofReport, { readonly is: 'running' }>;

/** A proof in progress whose worker lives. */
function runningIn(seen: SeenProof): Running | null {
  if (seen.is !== 'seen' || seen.report.is !== 'running') return null;
  return Math.abs(seen.ageMs) > SILENT_MS ? null : seen.report;
}

function sizeIn(seen: SeenStatus): ProofSize | null {
  if (seen.is !== 'seen' || seen.status.archives.length === 0) return null;
  const { registries, archives } = seen.status;
  return { registries: registries.length, images: archives.reduce((sum, { images }) => sum + images, 0) };
}

/** A whole proof: asks for it, and waits for its end. Null if the signal aborts before. */
export async function wholeProof(
  ask: VerifyKnown['ask'],
  cluster: Pick<AnsweredCluster, 'worker' | 'board' | 'proofBoard'>,
  ports: Pick<AnswerPorts, 'clock'>,
  signal: AbortSignal,
): Promise<Proved | null> {
  let phase: Phase | null = await asked(ask, cluster);
  while (phase?.is === 'asked' || phase?.is === 'running') phase = await waited(phase, cluster, ports, signal);
  return phase;
}

/** How a whole proof ends. */
export type Proved = Exclude<Phase, Waiting>;

/** Waits for the result; one message says how far a long proof is. */
export const laterProof: Later<'verify'> = async ({ ask, phase }, ports, signal) => {
  const cluster = ports.clusters.get(ask.cluster);
  if (cluster === undefined || (phase.is !== 'asked' && phase.is !== 'running')) return null;
  const next = await waited(phase, cluster, ports, signal);
  return next === null ? null : { ask, phase: next };
};

type Waiting = Extract<Phase, { readonly is: 'asked' | 'running' }>;

async function waited(
  phase: Waiting,
  { proofBoard }: Pick<AnsweredCluster, 'proofBoard'>,
  { clock }: Pick<AnswerPorts, 'clock'>,
  signal: AbortSignal,
): Promise<Phase | null> {
  const from = clock.steadyMs();
  let hasBegun = phase.is === 'running';
  while (clock.steadyMs() - from < WAIT_MS) {
    await clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
    if (signal.aborted) return null;
    const seen = await proofBoard.seen().catch(waitForRedis);
    if (seen === null) continue;
    const report = reportOf(seen, phase.request);
    hasBegun ||= report !== null;
    const forMs = clock.steadyMs() - from;
    const next = report === null ? missing(seen, hasBegun, forMs) : reached(phase, report, forMs);
    if (next !== null) return next;
  }
  return { is: 'lost', why: 'silent' };
}

/** An outage of Redis may end before the proof does. */
function waitForRedis(error: unknown): null {
  if (!isOfTheRecord(error)) throw error;
  return null;
}

type Seen = Extract<SeenProof, { readonly is: 'seen' }>;

const reportOf = (seen: SeenProof, request: number): Seen | null =>
  seen.is === 'seen' && seen.report.request === request ? seen : null;

/** What the worker's report of this request says; null to wait. */
function reached({ is, request }: Waiting, { report, ageMs }: Seen, forMs: number): Phase | null {
  if (report.is === 'ended') return { is: 'ended', report };
  if (Math.abs(ageMs) > SILENT_MS) return { is: 'lost', why: 'silent' };
  const { progress } = report;
  return is === 'asked' && forMs > QUIET_MS && progress !== null ? { is: 'running', request, progress } : null;
}

/** Why there is no report of this request; null to wait. */
function missing(seen: SeenProof, hasBegun: boolean, forMs: number): Phase | null {
  if (!hasBegun && forMs <= BEGUN_WITHIN_MS) return null;
  if (seen.is === 'unverified' || seen.is === 'newer') return { is: 'lost', why: seen.is };
  return { is: 'lost', why: hasBegun ? 'silent' : 'not-begun' };
}
