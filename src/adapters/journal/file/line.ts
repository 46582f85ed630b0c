import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ChangeEvent, ChangeId } from '../../../domain/change/change.ts';
import { isChangeId } from '../../../domain/change/change-id.ts';
import type { JournalMark, Signature } from '../../../domain/change/record-entry.ts';
import { jsonIn } from '../../../domain/text/json.ts';
import { schemaOf } from '../../../domain/text/shape.ts';
import { changeEventSchema, journalMarkSchema } from '../../../schema/event-schema.ts';

interface AnyLine {
  /** 1 for the first line; continues from one file to the next. */
  readonly seq: number;
  /** Hex SHA-256 of the previous line, without its newline; zeros for the first. */
  readonly prev: string;
}

/** An event of a change. */
export interface EventLine extends AnyLine {
  readonly change: ChangeId;
  readonly event: ChangeEvent;
  /** Set if the line was copied from an older file because the change was still open: its place there. */
  readonly carried?: JournalMark;
}

/** The worker's signature of the previous line, and so of all lines before. */
export interface SealLine extends AnyLine {
  readonly seal: Signature;
}

/** The first line of a file that continues an older one. */
export interface OpeningLine extends AnyLine {
  readonly opens: {
    readonly at: string;
    /** Name of the older file. */
    readonly after: string;
    /** Unexpired approvals of changes that were not copied. */
    readonly nonces: readonly { readonly nonce: string; readonly expires: string }[];
  };
}

/** A line that this version does not know, with its place in the chain. */
export interface NewerLine extends AnyLine {
  readonly newer: true;
  readonly change?: ChangeId;
}

/** One line of the journal. */
export type JournalLine = EventLine | SealLine | OpeningLine;

/** The digest before the first line. */
export const NO_LINE = '0'.repeat(64);

const place = { seq: z.int().positive(), prev: z.string().regex(/^[0-9a-f]{64}$/) };

const changeId = z.string().refine((id) => isChangeId(id), 'not a change ID');

const eventLine = schemaOf<EventLine>()(
  z.strictObject({
    ...place,
    change: changeId,
    event: changeEventSchema,
    carried: journalMarkSchema.exactOptional(),
  }),
);
const sealLine = schemaOf<SealLine>()(
  z.strictObject({ ...place, seal: z.strictObject({ key: z.string(), signature: z.string() }) }),
);
const openingLine = schemaOf<OpeningLine>()(
  z.strictObject({
    ...place,
    opens: z.strictObject({
      at: z.iso.datetime({ offset: true }),
      after: z.string(),
      nonces: z.array(z.strictObject({ nonce: z.string(), expires: z.string() })),
    }),
  }),
);

const newerLine = z.object({ ...place, change: changeId.exactOptional() });

/** The line's text without newline. Throws a ZodError if it could not be read back. */
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
  return Object.hasOwn(value, 'opens') ? openingLine : eventLine;
}

export function digestOf(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}
