import { z } from 'zod';
import type { Hold } from '../domain/policy/hold.ts';
import { HOLD_VERBS } from '../domain/policy/policy.ts';
import { schemaOf } from '../domain/text/shape.ts';

const text = z.string();

/** A freeze or lock, as it stands in records. */
export const holdSchema = schemaOf<Hold>()(
  z
    .strictObject({
      verb: z.enum(HOLD_VERBS),
      node: text.nullable(),
      by: z.strictObject({ id: text, name: text }),
      at: z.iso.datetime({ offset: true }),
      reason: text.exactOptional(),
    })
    .refine(({ verb, node }) => verb === 'lock' || node === null, { error: 'a freeze is of the whole cluster' }),
);
