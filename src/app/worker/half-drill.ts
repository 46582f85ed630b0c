import { isOfTheCluster } from '../../domain/answers/failure.ts';
import type { FailureReport } from '../../domain/answers/failure-report.ts';
import { RETRY_HINT } from '../../domain/answers/retry-hint.ts';
import type { Change, ChangeId } from '../../domain/change/change.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import type { StepOf } from '../../domain/plan/step.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Journal } from '../../ports/record.ts';
import type { Salt } from '../../ports/salt.ts';
import { putManifestBack, removeSwitch } from '../../steps/world/drill-switch.ts';

/** The ports of `HalfDrill`. */
export interface HalfDrillPorts {
  readonly journal: Pick<Journal, 'unsettled' | 'events' | 'append'>;
  readonly salt: Salt;
  readonly clock: Clock;
  /** Called when the registry is back, and with each error until then. */
  readonly onBack: (change: ChangeId) => void;
  readonly onNotBack: (error: unknown) => void;
}

/** A drill in whose outage a worker died. */
interface Interrupted {
  readonly id: ChangeId;
  readonly step: StepOf<'outage'>;
  readonly since: string;
}

const AGAIN_MS = 2_000;
/** Beyond the end of the switch, which then has put the manifest back. */
const AFTER_THE_SWITCH_MS = 60_000;

/**
 * Drills that a worker left half-way, by its own journal. The next worker puts the registry back before it takes a job, and needs no
 * Redis for it. Then the drill has failed: what it pulled is not known, and nobody approved a second outage.
 */
export class HalfDrill {
  readonly #ports: HalfDrillPorts;
  readonly #left: Interrupted[];
  #why = '';

  private constructor(ports: HalfDrillPorts, left: readonly Interrupted[]) {
    this.#ports = ports;
    this.#left = [...left];
  }

  /** Reads the journal; call it before any job. */
  static async inJournal(ports: HalfDrillPorts): Promise<HalfDrill> {
    const left: Interrupted[] = [];
    for (const id of await ports.journal.unsettled()) {
      const interrupted = interruptedIn(changeFrom(await ports.journal.events(id)));
      if (interrupted !== null) left.push(interrupted);
    }
    return new HalfDrill(ports, left);
  }

  /** Why no job may begin; null once every registry is back. */
  get says(): string | null {
    const [first] = this.#left;
    if (first === undefined) return null;
    return `The drill ${first.id} was interrupted. The registry of ${first.step.node} is put back before anything else.${this.#why}`;
  }

  /** Puts the registries back, one after the other, until each node confirms it or its switch must have done it. */
  readonly run = async (signal: AbortSignal): Promise<void> => {
    for (let first = this.#left[0]; first !== undefined && !signal.aborted; first = this.#left[0]) {
      const isBack = await this.#end(first, signal).then(
        () => true,
        (error: unknown) => {
          if (!signal.aborted) this.#ports.onNotBack(error);
          return false;
        },
      );
      if (isBack) this.#left.shift();
      else await this.#ports.clock.sleep(AGAIN_MS, signal).catch(() => undefined);
    }
  };

  async #end({ id, step, since }: Interrupted, signal: AbortSignal): Promise<void> {
    const { clock, journal, onBack } = this.#ports;
    const doubt = await this.#putBack(step, signal);
    if (doubt === null) onBack(id);
    if (interruptedIn(changeFrom(await journal.events(id))) === null) return;
    const failure = doubt ?? interruptedReport(step, since);
    await journal.append(id, { type: 'failed', at: clock.now().toISOString(), failure });
  }

  /** Null once the node confirms it. A node that does not answer for so long has put it back by itself, or is lost. */
  async #putBack(step: StepOf<'outage'>, signal: AbortSignal): Promise<FailureReport | null> {
    const { salt, clock, onNotBack } = this.#ports;
    const onWait = (says: string) => {
      this.#why = ` ${says}`;
    };
    const tools = { salt, clock, onWait };
    const limitMs = step.switchSeconds * 1000 + AFTER_THE_SWITCH_MS;
    try {
      await putManifestBack(step, tools, limitMs, signal);
      await removeSwitch(step, tools, limitMs, signal);
      return null;
    } catch (error) {
      if (signal.aborted || !isOfTheCluster(error)) throw error;
      onNotBack(error);
      return error.report();
    }
  }
}

function interruptedIn(change: Change | null): Interrupted | null {
  if (change === null) return null;
  const { id, plan, steps, state } = change;
  const step = plan?.approved.steps.find(({ kind }) => kind === 'outage');
  if (state !== 'applying' || step?.kind !== 'outage') return null;
  const now = steps[step.id];
  return now?.is === 'running' ? { id, step, since: now.since } : null;
}

const interruptedReport = ({ node, proves }: StepOf<'outage'>, since: string): FailureReport => ({
  kind: 'drill-interrupted',
  where: node,
  what: `The worker was interrupted during the drill, which had begun at ${since}. The manifest of the registry is back in its place. What was pulled is not known, so nothing is proven about ${proves}.`,
  next: `See that every registry is Ready (\`/registry-ha status\`), then ${RETRY_HINT}.`,
});
