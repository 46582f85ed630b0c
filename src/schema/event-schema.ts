import { z } from 'zod';
import type { FailureReport } from '../domain/answers/failure-report.ts';
import { REFUSALS } from '../domain/answers/refusal.ts';
import type { SignedApproval } from '../domain/change/approval.ts';
import type { ChangeEvent, Progress } from '../domain/change/change.ts';
import { isChangeId } from '../domain/change/change-id.ts';
import type { JournalMark } from '../domain/change/record-entry.ts';
import { intentSchema } from '../domain/plan/intent.ts';
import { stepIdSchema } from '../domain/plan/step-shared.ts';
import { schemaOf } from '../domain/text/shape.ts';
import { atLeast } from './length.ts';
import { planSchema } from './plan-schema.ts';

const text = z.string();
const changeId = text.refine((id) => isChangeId(id), 'not the id of a change');
const person = z.strictObject({ id: text, name: text });
const at = z.iso.datetime({ offset: true });

const failure = schemaOf<FailureReport>()(
  z.strictObject({ kind: text, where: text, what: text, next: text, detail: text.exactOptional() }),
);

const approval = z.strictObject({
  v: z.literal(1),
  change: changeId,
  cluster: text,
  verb: text,
  nodes: z.array(text),
  digest: text,
  requester: text,
  approvers: z.array(text).check(atLeast(1)),
  at,
  expires: at,
  nonce: text.check(atLeast(1)),
});

/** A signed approval, as it stands in records. Whether it is genuine, only an ApprovalChecker tells. */
export const signedApprovalSchema = schemaOf<SignedApproval>()(
  z.strictObject({ approval, key: text, signature: z.base64() }),
);

const refusal = z.strictObject({ refused: z.enum(REFUSALS), says: text, tryNext: text.exactOptional() });

const proof = z.strictObject({
  served: z.number(),
  expected: z.number(),
  archives: z.number(),
  engines: z.number(),
  engineTotal: z.number(),
  blobs: z.number(),
});

const step = stepIdSchema;
const seconds = z.number();

const mount = z.strictObject({ mountpoint: text, backingFile: text });

const nodeBefore = z.strictObject({
  node: text,
  registry: z.boolean(),
  mounts: z.array(mount),
  fstab: z.array(mount),
  registryConfig: z.array(text),
});

/** Where the worker's journal holds an entry, as it stands in records. */
export const journalMarkSchema = schemaOf<JournalMark>()(
  z.strictObject({ line: z.int().positive(), hash: z.string().regex(/^[0-9a-f]{64}$/) }),
);

/** An entry of a change's record: exactly the known shapes; extra members, `__proto__` among them, are refused. */
export const changeEventSchema = schemaOf<ChangeEvent>()(
  z.discriminatedUnion('type', [
    z.strictObject({
      at,
      type: z.literal('requested'),
      id: changeId,
      intent: intentSchema,
      requester: person,
      channel: text,
      terms: z.strictObject({ approvals: z.number(), planLivesMs: z.number() }).exactOptional(),
      card: z.strictObject({ channel: text, ts: text }).exactOptional(),
      retold: z.strictObject({ approvals: z.number() }).exactOptional(),
    }),
    z.strictObject({ at, type: z.literal('planned'), plan: planSchema, digest: text, expires: at }),
    z.strictObject({ at, type: z.literal('refused'), refusal }),
    z.strictObject({ at, type: z.literal('voted'), by: person, counts: z.array(text), needed: z.number() }),
    z.strictObject({ at, type: z.literal('approved'), approver: person, signed: signedApprovalSchema }),
    z.strictObject({ at, type: z.literal('denied'), by: person }),
    z.strictObject({ at, type: z.literal('expired') }),
    z.strictObject({ at, type: z.literal('started') }),
    z.strictObject({ at, type: z.literal('found'), before: z.array(nodeBefore) }),
    z.strictObject({ at, type: z.literal('undo-asked'), by: person, change: changeId }),
    z.strictObject({ at, type: z.literal('undone'), change: changeId }),
    z.strictObject({ at, type: z.literal('cancel-requested'), by: person }),
    z.strictObject({ at, type: z.literal('cancelled'), by: person }),
    z.strictObject({ at, type: z.literal('step-started'), step }),
    z.strictObject({ at, type: z.literal('job-started'), step, jid: z.string().regex(/^\d{20}$/) }),
    z.strictObject({
      at,
      type: z.literal('step-done'),
      step,
      already: z.boolean(),
      seconds,
      note: text.exactOptional(),
    }),
    z.strictObject({ at, type: z.literal('step-failed'), step, seconds, failure }),
    z.strictObject({ at, type: z.literal('failed'), failure }),
    z.strictObject({ at, type: z.literal('done'), proof, seconds }),
  ]),
);

/** The running step's progress, as it stands in records. */
export const progressSchema = schemaOf<Progress>()(
  z.strictObject({
    step,
    at,
    done: z.number(),
    total: z.number(),
    unit: z.enum(['bytes', 'nodes', 'images', 'wait']),
    rate: z.number().exactOptional(),
    secondsLeft: z.number().exactOptional(),
    note: text.exactOptional(),
  }),
);
