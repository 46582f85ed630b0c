import { z } from 'zod';
import { type FailureReport, failureReport } from '../answers/failure-report.ts';
import { type Refusal, refusalSchema } from '../answers/refusal.ts';
import { type NodeBefore, nodeBefore } from '../cluster/node-before.ts';
import type { Jid } from '../cluster/salt.ts';
import { type Intent, intentSchema } from '../plan/intent.ts';
import { type Plan, planSchemaWith } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import { stepIdSchema } from '../plan/step-shared.ts';
import { isoTime as at, type Data } from '../text/shape.ts';
import { type Person, person, type SignedApproval, signedApproval } from './approval.ts';
import { type ChangeId, changeIdSchema as changeId } from './change-id.ts';

export type { ChangeId } from './change-id.ts';

const text = z.string();
const seconds = z.number();
const step = stepIdSchema;

/** What a drill did. `through`: the nodes whose registries were left, in the order of the engine. */
const drilled = z.strictObject({ awaySeconds: z.number(), image: text, engine: text, through: z.array(text) });
export type Drilled = Data<typeof drilled>;

/** The result of the final verification; counts. */
const proof = z.strictObject({
  served: z.number(),
  expected: z.number(),
  archives: z.number(),
  engines: z.number(),
  engineTotal: z.number(),
  /** Blobs that were read and hashed, and their bytes; no `bytes`: only their sizes were compared. */
  blobs: z.number(),
  bytes: z.number().exactOptional(),
  /** Nodes that have joined since the plan, whose engines were checked, too. */
  newNodes: z.array(text).exactOptional(),
  /** A change that only deleted copies: the archives, and the unfinished copies of others. It has no other counts. */
  deleted: z.strictObject({ archives: z.number(), parts: z.number() }).exactOptional(),
  /** A drill: how long the bootstrap's registry was away, and what came through whom meanwhile. */
  drilled: drilled.exactOptional(),
});
export type Proof = Data<typeof proof>;

/** The policy's terms at the time of the request, for the card and for planning only. Decisions read the current policy. */
const terms = z.strictObject({ approvals: z.number(), planLivesMs: z.number() });
export type Terms = Data<typeof terms>;

/** Where a change's card is posted. */
const messageRef = z.strictObject({ channel: text, ts: text });
export type MessageRef = Data<typeof messageRef>;

/** Who typed a request on the bootstrap node, as the command said it. */
const atTerminal = z.strictObject({ login: text, uid: z.int() });

const requested = z.strictObject({
  at,
  type: z.literal('requested'),
  id: changeId,
  intent: intentSchema,
  requester: person,
  channel: text,
  terms: terms.exactOptional(),
  /** Only for a request at the terminal of the bootstrap node. */
  terminal: atTerminal.exactOptional(),
  /** Only in the worker's journal and in restored records, to find the card without Redis. */
  card: messageRef.exactOptional(),
  /** Restored by a worker after Redis lost the record; the number of approvals until then. */
  retold: z.strictObject({ approvals: z.number() }).exactOptional(),
});

const already = z.boolean();
const note = text.exactOptional();
const jid = z.string().regex(/^\d{20}$/);

/** Every event of a change: exactly the known shapes; extra members, `__proto__` among them, are refused. */
export const eventSchemaWith = (plannedStep: z.ZodType<Step>) =>
  z.discriminatedUnion('type', [
    requested,
    z.strictObject({ at, type: z.literal('planned'), plan: planSchemaWith(plannedStep), digest: text, expires: at }),
    z.strictObject({ at, type: z.literal('refused'), refusal: refusalSchema }),
    /** One of several required approvals. `counts` lists everyone whose approval counts, including this one. */
    z.strictObject({ at, type: z.literal('voted'), by: person, counts: z.array(text), needed: z.number() }),
    z.strictObject({ at, type: z.literal('approved'), approver: person, signed: signedApproval }),
    z.strictObject({ at, type: z.literal('denied'), by: person, reason: text.exactOptional() }),
    z.strictObject({ at, type: z.literal('expired') }),
    z.strictObject({ at, type: z.literal('started') }),
    z.strictObject({ at, type: z.literal('found'), before: z.array(nodeBefore) }),
    z.strictObject({ at, type: z.literal('undo-asked'), by: person, change: changeId }),
    z.strictObject({ at, type: z.literal('undone'), change: changeId }),
    /** A change from the terminal that Redis has by now. */
    z.strictObject({ at, type: z.literal('told') }),
    z.strictObject({ at, type: z.literal('cancel-requested'), by: person }),
    z.strictObject({ at, type: z.literal('cancelled'), by: person }),
    z.strictObject({ at, type: z.literal('step-started'), step }),
    z.strictObject({ at, type: z.literal('job-started'), step, jid }),
    z.strictObject({
      at,
      type: z.literal('step-done'),
      step,
      already,
      seconds,
      note,
      drilled: drilled.exactOptional(),
    }),
    z.strictObject({ at, type: z.literal('step-failed'), step, seconds, failure: failureReport }),
    z.strictObject({ at, type: z.literal('failed'), failure: failureReport }),
    z.strictObject({ at, type: z.literal('done'), proof, seconds }),
  ]);
export type ChangeEvent = Data<ReturnType<typeof eventSchemaWith>>;

export type ChangeState =
  | 'requested'
  | 'planned'
  | 'refused'
  | 'approved'
  | 'denied'
  | 'expired'
  | 'applying'
  | 'failed'
  | 'cancelled'
  | 'done';

/** The state of a step of the approved plan. */
export type StepState =
  | { readonly is: 'waiting' }
  | { readonly is: 'running'; readonly since: string }
  | {
      readonly is: 'done';
      readonly already: boolean;
      readonly seconds: number;
      readonly note?: string;
      /** What a drill did; a resumed change does not do it again. */
      readonly drilled?: Drilled;
    }
  | { readonly is: 'failed'; readonly seconds: number; readonly failure: FailureReport };

/** A change, folded from its events. */
export interface Change {
  readonly id: ChangeId;
  readonly state: ChangeState;
  readonly intent: Intent;
  readonly requester: Person;
  readonly channel: string;
  readonly terms?: Terms;
  /** Set if it was requested at the terminal. */
  readonly terminal?: Data<typeof atTerminal>;
  /** True once Redis has a change from the terminal. */
  readonly isTold?: true;
  readonly requestedAt: string;
  readonly endedAt?: string;
  readonly plan?: Plan;
  readonly digest?: string;
  readonly plannedAt?: string;
  readonly planExpires?: string;
  readonly refusal?: Refusal;
  /** Approvals so far, while more are required; empty once the change is approved. */
  readonly votes: readonly Person[];
  readonly votesNeeded?: number;
  /** Who gave the last required approval. */
  readonly approver?: Person;
  /** Everyone whose approval counted, in order. */
  readonly approvers: readonly Person[];
  readonly approval?: SignedApproval;
  readonly deniedBy?: Person;
  readonly deniedWhy?: string;
  /** Who last approved alone, and why; it stays after a later approval. */
  readonly brokenGlass?: { readonly by: Person; readonly reason: string; readonly at: string };
  /** Number of approvals over the life of the change: one, plus one for each retry. */
  readonly approvals: number;
  /** Who asked to stop it at the next safe point. */
  readonly cancelAskedBy?: Person;
  /** Who asked to cancel a change that then ended by itself. */
  readonly lateCancelBy?: Person;
  readonly cancelledBy?: Person;
  readonly startedAt?: string;
  readonly steps: Readonly<Record<string, StepState>>;
  readonly jobs: Readonly<Record<string, Jid>>;
  /** Attempts of each step, without steps that were found to be done already. */
  readonly begun: Readonly<Record<string, number>>;
  /** What existed on the nodes of an `add` before its first step. */
  readonly before?: readonly NodeBefore[];
  /** The last request to undo it. */
  readonly undoAsked?: { readonly by: Person; readonly change: ChangeId; readonly at: string };
  /** The change that has undone this one. */
  readonly undoneBy?: ChangeId;
  readonly failure?: FailureReport;
  readonly proof?: Proof;
  /** How long a completed change took, by the worker's steady clock. */
  readonly seconds?: number;
}

/** Used as the step ID of progress while a change waits to start or resume. */
export const BEFORE_THE_STEPS = 'start';

/** A running step's progress. Only the latest counts, and it is not part of the record. */
export const progressSchema = z.strictObject({
  step,
  at,
  done: z.number(),
  total: z.number(),
  /** `wait` counts nothing; the note says what the step waits for. */
  unit: z.enum(['bytes', 'nodes', 'images', 'wait']),
  /** Units per second over the last seconds. */
  rate: z.number().exactOptional(),
  secondsLeft: z.number().exactOptional(),
  note,
});
export type Progress = Data<typeof progressSchema>;
