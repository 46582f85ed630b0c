import { z } from 'zod';
import type { Proof } from '../../../domain/change/record-entry.ts';
import { isShallow, jsonIn } from '../../../domain/text/json.ts';

/** Raised when older versions cannot use a statement any more; a new field alone does not raise it. */
const FORMAT = 1;

/** The stored text of a signed statement. `about` is signed too but not stored, because the key says it. */
export function signedText(said: object, about: object, proof: Proof): string {
  const numbered = { ...said, v: FORMAT };
  return JSON.stringify({ ...numbered, ...proof.sign({ ...numbered, ...about }) });
}

/**
 * What a stored text says. `newer`: a trusted process signed it in a form that this version does not know. `unsigned`: nobody trusted signed
 * it for this place.
 */
export type Said<T> = { readonly is: 'said'; readonly said: T } | { readonly is: 'newer' | 'unsigned' };

const signedSchema = z.looseObject({ key: z.string(), signature: z.string() });

/**
 * The statement in a stored text, if it is signed for `about`. The signature covers the stored value, so `schema` may ignore fields of
 * newer versions.
 */
export function saidIn<T>(text: string, about: object, schema: z.ZodType<T>, proof: Proof): Said<T> {
  const read = signedSchema.safeParse(jsonIn(text));
  if (!read.success) return { is: 'unsigned' };
  const { key, signature, ...stored } = read.data;
  if (!isShallow(stored) || !proof.isProven({ ...stored, ...about }, { key, signature })) return { is: 'unsigned' };
  const { v = FORMAT, ...said } = stored;
  const known = v === FORMAT ? schema.safeParse(said) : null;
  return known?.success === true ? { is: 'said', said: known.data } : { is: 'newer' };
}
