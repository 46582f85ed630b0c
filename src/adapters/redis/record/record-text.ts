import { z } from 'zod';
import { RecordFull } from '../../../domain/answers/failure.ts';
import type { ChangeEvent, ChangeId, Progress } from '../../../domain/change/change.ts';
import type { EntryProof, JournalMark, RecordEntry, Signature } from '../../../domain/change/record-entry.ts';
import { changeEventSchema, journalMarkSchema, progressSchema } from '../../../schema/event-schema.ts';
import { RecordFault } from '../server/failures.ts';

/** A plan for twenty nodes with five archives is about 360 KiB, as it holds every command. */
const ENTRY_LIMIT_BYTES = 1024 * 1024;

/** An entry as it is kept, signed when there is a proof; throws RecordFault for what could not be read back, RecordFull. */
export function entryText({ change, position, event, mark }: RecordEntry, proof: EntryProof | undefined): string {
  const text = checkedText(change, event, changeEventSchema);
  if (proof === undefined && mark === undefined) return text;
  const marked = mark === undefined ? {} : { mark };
  const signature = proof?.sign({ change, position, event, ...marked }) ?? UNSIGNED;
  return JSON.stringify({ event, ...marked, ...signature });
}

/** Progress as it is kept; throws RecordFault for what could not be read back. */
export function progressText(id: ChangeId, progress: Progress): string {
  return checkedText(id, progress, progressSchema);
}

/** What an entry of a record says, and who signed it. */
interface KeptEntry {
  readonly event: ChangeEvent;
  readonly mark?: JournalMark;
  readonly signature: Signature;
}

const signedSchema = z.strictObject({
  event: changeEventSchema,
  mark: journalMarkSchema.exactOptional(),
  key: z.string(),
  signature: z.string(),
});
const UNSIGNED: Signature = { key: '', signature: '' };

/** The n-th entry of a record, from 1; throws RecordFault when it is none that this version knows. */
export function entryFrom(id: ChangeId, text: string, n: number): KeptEntry {
  const what = `Entry ${n} of its record in Redis`;
  const value = json(text);
  // Entries of versions before signatures are the event alone.
  if (typeof value !== 'object' || value === null || !('event' in value))
    return { event: parsed(id, value, changeEventSchema, what), signature: UNSIGNED };
  const { key, signature, ...entry } = parsed(id, value, signedSchema, what);
  return { ...entry, signature: { key, signature } };
}

/** The running step's progress; undefined when this version does not know it: it is a word on the way, never a state. */
export function progressFrom(text: string): Progress | undefined {
  return progressSchema.safeParse(json(text)).data;
}

function checkedText<T>(id: ChangeId, value: T, schema: z.ZodType<T>): string {
  const text = JSON.stringify(value);
  const bytes = Buffer.byteLength(text);
  if (bytes > ENTRY_LIMIT_BYTES) {
    throw new RecordFull(
      id,
      `An entry of ${Math.ceil(bytes / 1024)} KiB is larger than the ${ENTRY_LIMIT_BYTES / 1024} KiB that a record takes.`,
      'Ask for fewer nodes at once.',
    );
  }
  parsed(id, json(text), schema, 'A new entry');
  return text;
}

function parsed<T>(id: ChangeId, value: unknown, schema: z.ZodType<T>, what: string): T {
  const answer = z.safeParse(schema, value);
  if (answer.success) return answer.data;
  throw new RecordFault(
    id,
    `${what} is not one that this version knows: ${firstIssue(answer.error)}.`,
    'Run the same version of bot and worker; if they are the same, somebody has written to Redis: ask for the change again.',
    { cause: answer.error },
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // undefined is no JSON value, so every schema refuses it: a text that is no JSON is reported like any unknown entry.
    return undefined;
  }
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'it does not fit';
  const place = issue.path.map(String).join('.');
  return place === '' ? issue.message : `${place}: ${issue.message}`;
}
