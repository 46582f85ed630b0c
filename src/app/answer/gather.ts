import type { Refusal } from '../../domain/answers/refusal.ts';
import type { HelpTroubles } from '../../domain/questions/help/troubles.ts';
import type { AskOf, KnownOf, Question } from '../../domain/questions/questions.ts';
import type { Cards, Fleet } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DryRuns } from '../../ports/dry-runs.ts';
import type { ProofBoard } from '../../ports/proofs.ts';
import type { StatusBoard } from '../../ports/status.ts';
import type { Asker } from '../ask/asker.ts';
import type { ClusterPorts } from '../ask/request-change.ts';

/** A cluster with the last status of its worker. */
export interface AnsweredCluster extends ClusterPorts {
  readonly board: Pick<StatusBoard, 'seen' | 'ask'>;
  readonly proofBoard: Pick<ProofBoard, 'seen' | 'ask'>;
  readonly dryRuns: Pick<DryRuns, 'seen' | 'ask'>;
}

/** Optional features that are off, and why, as sentences; channels in which the bot cannot write. */
export interface Lacking {
  readonly off: readonly string[];
  readonly closed: readonly string[];
}

/** What questions read. None of them changes anything. */
export interface AnswerPorts {
  readonly clusters: ReadonlyMap<string, AnsweredCluster>;
  readonly fleet: Pick<Fleet, 'holding'>;
  readonly cards: Pick<Cards, 'known'>;
  readonly clock: Clock;
  /** What the bot cannot do in Slack; nothing when left out. */
  readonly lacking?: () => Lacking;
  /** What the bot knows to be wrong with itself and these clusters; nothing when left out. Asks nobody. */
  readonly troubles?: (clusters: readonly string[]) => HelpTroubles;
}

/** Reads what an answer is made from, or refuses. */
export type Gather<Q extends Question> = (
  ask: AskOf<Q>,
  asker: Asker,
  ports: AnswerPorts,
) => Promise<KnownOf<Q> | Refusal>;

/** Waits for something newer than `known`; null if there is nothing else to say. */
export type Later<Q extends Question> = (
  known: KnownOf<Q>,
  ports: AnswerPorts,
  signal: AbortSignal,
) => Promise<KnownOf<Q> | null>;
