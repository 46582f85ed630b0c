import { redisCards } from '../../src/adapters/redis/cards/cards.ts';
import { redisChanges } from '../../src/adapters/redis/record/changes.ts';
import { closeRedis, connectRedis } from '../../src/adapters/redis/server/connection.ts';
import { changeKeys } from '../../src/adapters/redis/server/keys.ts';
import { isOfTheRecord } from '../../src/domain/answers/failure.ts';
import type { Change, StepState } from '../../src/domain/change/change.ts';
import type { StepKind } from '../../src/domain/plan/step.ts';
import type { StoredChange } from '../../src/ports/record.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { EVERY_ENTRY, EVERY_STATEMENT } from './every-entry.ts';

/** A step as an operator sees it; `seconds` is null until it ends. */
export interface SeenStep {
  readonly id: string;
  readonly kind: StepKind;
  readonly state: StepState['is'];
  readonly seconds: number | null;
  /** Nothing had to be done: the state was already as wanted. */
  readonly already: boolean;
}

/** A change as an operator sees it. */
export interface SeenChange {
  readonly id: string;
  readonly verb: string;
  readonly state: string;
  /** Why it was refused or failed, as shown to people. */
  readonly says: string;
  readonly isPlanned: boolean;
  readonly isApproved: boolean;
  /** Number of entries in its record. */
  readonly version: number;
  readonly requestedAt: string;
  readonly steps: readonly SeenStep[];
}

/** All changes, oldest first; or, if Redis does not answer, those last read. */
export type Changes =
  | { readonly are: 'seen'; readonly changes: readonly SeenChange[] }
  | { readonly are: 'hidden'; readonly says: string; readonly last: readonly SeenChange[] };

/** Reads the record of a cluster's changes. */
export interface ChangesReader {
  read(): Promise<Changes>;
  /** Whether every card in Slack shows its whole record; false if Redis does not answer. */
  areShown(): Promise<boolean>;
  close(): Promise<void>;
}

/** A reader with its own connection; connection errors are reported by `read`. */
export function changesReader(url: string, cluster: string): ChangesReader {
  const redis = connectRedis({ url, onError: () => undefined, name: 'registry-ha-sandbox' });
  const store = redisChanges({ redis, cluster, proof: EVERY_ENTRY });
  const cards = redisCards({ redis, clusters: [cluster], clock: systemClock, proof: EVERY_STATEMENT });
  const prefix = changeKeys(`${cluster}-000000`).record.slice(0, -`${cluster}-000000`.length);
  let last: readonly SeenChange[] = [];
  const idsThere = async (): Promise<readonly string[]> => {
    const ids = new Set<string>();
    let cursor = '0';
    do {
      const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 1000);
      for (const key of keys) ids.add(key.slice(prefix.length));
      cursor = next;
    } while (cursor !== '0');
    return [...ids];
  };
  return {
    async read() {
      try {
        const ids = await idsThere();
        const stored = await Promise.all(ids.map((id) => store.get(id)));
        last = stored
          .filter((one) => one !== null)
          .map(seenChange)
          .toSorted(byTime);
        return { are: 'seen', changes: last };
      } catch (error) {
        if (isOfTheRecord(error) || redis.status !== 'ready')
          return { are: 'hidden', says: 'Redis does not answer.', last };
        throw error;
      }
    },
    async areShown() {
      try {
        return (await cards.behind()).length === 0;
      } catch (error) {
        if (isOfTheRecord(error)) return false;
        throw error;
      }
    },
    close: () => closeRedis(redis),
  };
}

const byTime = (a: SeenChange, b: SeenChange): number => a.requestedAt.localeCompare(b.requestedAt);

function seenChange({ change, version }: StoredChange): SeenChange {
  return {
    id: change.id,
    verb: change.intent.verb,
    state: change.state,
    says: whyItEnded(change),
    isPlanned: change.plan !== undefined,
    isApproved: change.approver !== undefined,
    version,
    requestedAt: change.requestedAt,
    steps: (change.plan?.approved.steps ?? []).map(({ id, kind }) => ({ id, kind, ...seenState(change.steps[id]) })),
  };
}

function seenState(state: StepState | undefined): Pick<SeenStep, 'state' | 'seconds' | 'already'> {
  return {
    state: state?.is ?? 'waiting',
    seconds: state !== undefined && 'seconds' in state ? state.seconds : null,
    already: state?.is === 'done' && state.already,
  };
}

function whyItEnded({ refusal, failure, deniedBy }: Change): string {
  if (failure !== undefined) {
    return [`${failure.where}:`, failure.what, failure.next, failure.detail ?? ''].join(' ').trimEnd();
  }
  if (refusal !== undefined) return `${refusal.says} ${refusal.tryNext ?? ''}`.trimEnd();
  return deniedBy === undefined ? '' : `It was denied by ${deniedBy.name}.`;
}
