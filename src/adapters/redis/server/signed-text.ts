import { z } from 'zod';
import type { Proof } from '../../../domain/change/record-entry.ts';
import { isShallow, jsonIn } from '../../../domain/text/json.ts';

/** The stored text of a signed statement. `about` is signed too but not stored, because the key says it. */
export const signedText = (said: object, about: object, proof: Proof): string =>
  JSON.stringify({ ...said, ...proof.sign({ ...said, ...about }) });

const signedSchema = z.looseObject({ key: z.string(), signature: z.string() });

/**
 * A statement from its stored text; null if it is not signed for `about`, or if this version does not know its shape. The signature
 * covers the stored value, so `schema` may ignore fields of newer versions.
 */
export function saidIn<T>(text: string, about: object, schema: z.ZodType<T>, proof: Proof): T | null {
  const read = signedSchema.safeParse(jsonIn(text));
  if (!read.success) return null;
  const { key, signature, ...said } = read.data;
  if (!isShallow(said) || !proof.isProven({ ...said, ...about }, { key, signature })) return null;
  return schema.safeParse(said).data ?? null;
}
