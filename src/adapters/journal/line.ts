import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ChangeEvent, ChangeId } from '../../domain/change.ts';
import { changeEventSchema } from '../../schema/event-schema.ts';

/** One line of the journal. */
export interface JournalLine {
  /** 1 for the first line. */
  readonly seq: number;
  /** Hex SHA-256 of the line before, without its newline; zeros for the first. */
  readonly prev: string;
  readonly change: ChangeId;
  readonly event: ChangeEvent;
}

/** What comes before the first line. */
export const NO_LINE = '0'.repeat(64);

const lineSchema: z.ZodType<JournalLine> = z.strictObject({
  seq: z.int().positive(),
  prev: z.string(),
  change: z.string().min(1),
  event: changeEventSchema,
});

/** The line's text without newline; throws a ZodError for an event that could not be read back. */
export function lineText(line: JournalLine): string {
  const text = JSON.stringify(line);
  lineSchema.parse(JSON.parse(text));
  return text;
}

/** Is the text JSON at all? What a crash leaves of a line's beginning is not. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The line, or in words why it is none. */
export function lineFrom(text: string): JournalLine | string {
  if (!isJson(text)) return 'is no JSON';
  const read = lineSchema.safeParse(JSON.parse(text));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  return `is not one that this version knows (${issue?.path.map(String).join('.')}: ${issue?.message})`;
}

export function digestOf(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}
