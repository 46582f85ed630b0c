import { createHash } from 'node:crypto';
import { z } from 'zod';
import { changeIdSchema } from '../../../domain/change/change-id.ts';
import { journalMark } from '../../../domain/change/record-entry.ts';
import { proofResultSchema } from '../../../domain/cluster/proof-result.ts';
import { jsonIn } from '../../../domain/text/json.ts';
import { type Data, isoTime } from '../../../domain/text/shape.ts';
import { changeEventSchema } from '../../../schema/record-schemas.ts';

const place = {
  /** 1 for the first line; continues from one file to the next. */
  seq: z.int().positive(),
  /** Hex SHA-256 of the previous line, without its newline; zeros for the first. */
  prev: z.string().regex(/^[0-9a-f]{64}$/),
};

const eventLine = z.strictObject({
  ...place,
  change: changeIdSchema,
  event: changeEventSchema,
  /** Set if the line was copied from an older file because the change was still open: its place there. */
  carried: journalMark.exactOptional(),
});
/** An event of a change. */
export type EventLine = Data<typeof eventLine>;

const sealLine = z.strictObject({ ...place, seal: z.strictObject({ key: z.string(), signature: z.string() }) });
/** The worker's signature of the previous line, and so of all lines before. */
export type SealLine = Data<typeof sealLine>;

const openingLine = z.strictObject({
  ...place,
  opens: z.strictObject({
    at: isoTime,
    /** Name of the older file. */
    after: z.string(),
    /** Unexpired approvals of changes that were not copied. */
    nonces: z.array(z.strictObject({ nonce: z.string(), expires: z.string() })),
  }),
});
/** The first line of a file that continues an older one. */
export type OpeningLine = Data<typeof openingLine>;

const proofLine = z.strictObject({ ...place, proof: z.strictObject(proofResultSchema.shape) });
/** The result of a proof outside of any change. */
type ProofLine = Data<typeof proofLine>;

/** What a line records, without its place in the chain. */
export type Said = Pick<EventLine, 'change' | 'event'> | Pick<ProofLine, 'proof'>;

const newerLine = z.object({ ...place, change: changeIdSchema.exactOptional() });
/** A line that this version does not know, with its place in the chain. */
export type NewerLine = Data<typeof newerLine> & { readonly newer: true };

/** One line of the journal. */
export type JournalLine = EventLine | SealLine | OpeningLine | ProofLine;

/** The digest before the first line. */
export const NO_LINE = '0'.repeat(64);

/** The line's text without newline; throws a ZodError if it could not be read back. */
export function lineText(line: JournalLine): string {
  const text = JSON.stringify(line);
  const value = jsonIn(text);
  schemaFor(value).parse(value);
  return text;
}

/** True if the text is JSON. A line that a crash has cut is not. */
export const isJson = (text: string): boolean => jsonIn(text) !== undefined;

/** The line, or why it is invalid. The caller must check whether an unknown line belongs to the chain. */
export function lineFrom(text: string): JournalLine | NewerLine | string {
  const value = jsonIn(text);
  if (value === undefined) return 'is not JSON';
  const read = schemaFor(value).safeParse(value);
  if (read.success) return read.data;
  const newer = newerLine.safeParse(value);
  if (newer.success) return { ...newer.data, newer: true };
  const [issue] = read.error.issues;
  return `is unknown to this version (${issue?.path.map(String).join('.')}: ${issue?.message})`;
}

function schemaFor(value: unknown): z.ZodType<JournalLine> {
  if (typeof value !== 'object' || value === null) return eventLine;
  if (Object.hasOwn(value, 'seal')) return sealLine;
  if (Object.hasOwn(value, 'proof')) return proofLine;
  return Object.hasOwn(value, 'opens') ? openingLine : eventLine;
}

export function digestOf(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}
