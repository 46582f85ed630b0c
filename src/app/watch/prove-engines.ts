import type { EngineFacts, KubeFacts } from '../../domain/cluster/facts.ts';
import { listed } from '../../domain/text/format.ts';
import type { Clock } from '../../ports/clock.ts';
import { exactly } from '../../steps/world/engines-listed.ts';
import { enginesOf, untilAborted, type WatchedCluster } from './inspect-all.ts';
import type { ProofNotes } from './proof-notes.ts';

/** What the proof of the engines needs. */
interface ProvingEngines {
  readonly salt: WatchedCluster['salt'];
  readonly clock: Clock;
  readonly notes: ProofNotes;
  readonly signal: AbortSignal;
}

/** An engine that restarts is read again. */
const TRIES = 3;
const PAUSE_MS = 10_000;

/** Reads every container engine: each must list exactly the registries. */
export async function proveEngines(
  kube: KubeFacts,
  registries: readonly { readonly address: string }[],
  { salt, clock, notes, signal }: ProvingEngines,
): Promise<void> {
  const { isRight, otherwise } = exactly(registries.map(({ address }) => address));
  const isFine = (one: EngineFacts) => one.is === 'known' && isRight(one.endpoints);
  const found = new Map<string, EngineFacts>();
  notes.engines = { all: kube.nodes.length, right: 0 };
  for (let tries = 1; ; tries += 1) {
    const nodes = kube.nodes.filter(({ name }) => !isFine(found.get(name) ?? { ...UNREAD, node: name }));
    try {
      const read = await untilAborted(
        () => enginesOf({ is: 'known', value: { ...kube, nodes } }, salt, signal),
        signal,
      );
      for (const one of read) found.set(one.node, one);
    } catch (error) {
      signal.throwIfAborted();
      if (tries === TRIES) return notes.failed('Salt', error);
    }
    const all = kube.nodes.map(({ name }) => found.get(name) ?? { ...UNREAD, node: name });
    notes.engines = { all: all.length, right: all.filter(isFine).length };
    if (tries < TRIES && !all.every(isFine)) await clock.sleep(PAUSE_MS, signal);
    else
      return noteEngines(
        all.filter((one) => !isFine(one)),
        otherwise,
        notes,
      );
  }
}

const UNREAD = { is: 'silent', says: 'The Salt minion did not answer.' } as const;

function noteEngines(wrong: readonly EngineFacts[], otherwise: string, notes: ProofNotes): void {
  for (const one of wrong) {
    if (one.is !== 'known') notes.unread(one.node, one.says);
    else notes.different(one.node, `Its container engine ${otherwise}, but ${listed(one.endpoints) || 'nothing'}`);
  }
}
