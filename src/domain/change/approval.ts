import { z } from 'zod';
import { atLeast } from '../text/length.ts';
import { type Data, isoTime } from '../text/shape.ts';
import { changeIdSchema } from './change-id.ts';

const text = z.string();

/** A person from Slack's payload. Only `id` identifies them; `name` is for display. */
export const person = z.strictObject({ id: text, name: text });
export type Person = Data<typeof person>;

/** The data that the bot signs for the approvers: one change, one plan, one expiry. */
const approval = z.strictObject({
  v: z.literal(1),
  change: changeIdSchema,
  cluster: text,
  verb: text,
  nodes: z.array(text),
  /** SHA-256 of the canonical form of the plan's approved part. */
  digest: text,
  requester: text,
  /** User IDs of everyone whose approval counted, in order, without duplicates. */
  approvers: z.array(text).check(atLeast(1)),
  at: isoTime,
  /** Limits the start only; a started change continues. */
  expires: isoTime,
  /** The change must not start before, because its maintenance window opens only then; left out: at once. */
  notBefore: isoTime.exactOptional(),
  /** Why one person approved alone, at any time, as the policy allows in an emergency. */
  breakGlass: text.exactOptional(),
  nonce: text.check(atLeast(1)),
});
export type Approval = Data<typeof approval>;

/** An approval with the bot's Ed25519 signature (base64) and the name of its key. Only an ApprovalChecker tells if it is genuine. */
export const signedApproval = z.strictObject({ approval, key: text, signature: z.base64() });
export type SignedApproval = Data<typeof signedApproval>;
