import { createHash } from 'node:crypto';
import { z } from 'zod';
import { changeIdSchema } from '../../../domain/change/change-id.ts';
import { journalMark } from '../../../domain/change/record-entry.ts';
import { jsonIn } from '../../../domain/text/json.ts';
import { type Data, isoTime } from '../../../domain/text/shape.ts';
import { changeEventSchema } from '../../../schema/record-schemas.ts';

const place = {
  /** 1 for the first line; goes on from one file to the next. */
  seq: z.int().positive(),
  /** Hex SHA-256 of the line before, without its newline; zeros for the first. */
  prev: z.string().regex(/^[0-9a-f]{64}$/),
};

const eventLine = z.strictObject({
  ...place,
  change: changeIdSchema,
  event: changeEventSchema,
  /** Copied from an older file, where it is this line, because the change was still open. */
  carried: journalMark.exactOptional(),
});
/** Something happened to a change. */
export type EventLine = Data<typeof eventLine>;

const sealLine = z.strictObject({ ...place, seal: z.strictObject({ key: z.string(), signature: z.string() }) });
/** The worker's signature of the line before, and so of all lines before. */
export type SealLine = Data<typeof sealLine>;

const openingLine = z.strictObject({
  ...place,
  opens: z.strictObject({
    at: isoTime,
    /** Name of the older file. */
    after: z.string(),
    /** Approvals of changes that are not copied along, as long as they could be shown again. */
    nonces: z.array(z.strictObject({ nonce: z.string(), expires: z.string() })),
  }),
});
/** The first line of a file that goes on where an older one ends. */
export type OpeningLine = Data<typeof openingLine>;

const newerLine = z.object({ ...place, change: changeIdSchema.exactOptional() });
/** A line that this version does not know, at its place in the chain. */
export type NewerLine = Data<typeof newerLine> & { readonly newer: true };

/** One line of the journal. */
export type JournalLine = EventLine | SealLine | OpeningLine;

/** What comes before the first line. */
export const NO_LINE = '0'.repeat(64);

/** The line's text without newline; throws a ZodError for what could not be read back. */
export function lineText(line: JournalLine): string {
  const text = JSON.stringify(line);
  const value = jsonIn(text);
  schemaFor(value).parse(value);
  return text;
}

/** Is the text JSON at all? What a crash leaves of a line's beginning is not. */
export const isJson = (text: string): boolean => jsonIn(text) !== undefined;

/** The line, or in words why it is none. Whether a line that is not known belongs to the chain is for the caller to check. */
export function lineFrom(text: string): JournalLine | NewerLine | string {
  const value = jsonIn(text);
  if (value === undefined) return 'is no JSON';
  const read = schemaFor(value).safeParse(value);
  if (read.success) return read.data;
  const newer = newerLine.safeParse(value);
  if (newer.success) return { ...newer.data, newer: true };
  const [issue] = read.error.issues;
  return `is not one that this version knows (${issue?.path.map(String).join('.')}: ${issue?.message})`;
}

function schemaFor(value: unknown): z.ZodType<JournalLine> {
  if (typeof value !== 'object' || value === null) return eventLine;
  if (Object.hasOwn(value, 'seal')) return sealLine;
  return Object.hasOwn(value, 'opens') ? openingLine : eventLine;
}

export function digestOf(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}
