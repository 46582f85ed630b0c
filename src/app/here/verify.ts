import type { ChangeId } from '../../domain/change/change.ts';
import type { ProofProgress } from '../../domain/questions/verify/proof-report.ts';
import type { VerifyAsk, VerifyKnown } from '../../domain/questions/verify/view.ts';
import { CutShort } from '../watch/proof-notes.ts';
import { proveAll } from '../watch/prove-all.ts';
import { type Busy, changeInProgress, type HerePorts } from './ports.ts';

const LOOK_EVERY_MS = 5_000;

/** Proves the registries as the worker does, but never beside a change of the worker, which restarts what a proof reads. */
export async function verifyHere(
  ask: VerifyAsk,
  ports: HerePorts,
  onProgress: (progress: ProofProgress) => void,
  signal: AbortSignal,
): Promise<VerifyKnown | Busy> {
  const before = await changeInProgress(ports);
  if (before !== null) return { busyWith: before };
  const [cut, done] = [new AbortController(), new AbortController()];
  const watching = cutByChange(cut, ports, done.signal);
  const result = await proveAll(ask, ports, onProgress, AbortSignal.any([signal, cut.signal]));
  done.abort();
  await watching;
  return { ask, phase: { is: 'proved-here', result } };
}

/** Cuts a proof short when the worker begins a change. */
async function cutByChange(cut: AbortController, ports: HerePorts, done: AbortSignal): Promise<void> {
  while (!done.aborted) {
    await ports.clock.sleep(LOOK_EVERY_MS, done).catch(() => undefined);
    const change = done.aborted ? null : await changeInProgress(ports).catch(ports.onUnexpected);
    if (typeof change === 'string') return cut.abort(byChange(change));
  }
}

const byChange = (change: ChangeId) =>
  new CutShort('change', `${change} began, and a change restarts what a proof reads.`);
