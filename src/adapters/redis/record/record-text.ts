import { z } from 'zod';
import { recordFull } from '../../../domain/answers/failure.ts';
import type { ChangeEvent, ChangeId, Progress } from '../../../domain/change/change.ts';
import type { EntryProof, JournalMark, RecordEntry, Signature } from '../../../domain/change/record-entry.ts';
import { changeEventSchema, journalMarkSchema, progressSchema } from '../../../schema/event-schema.ts';
import { recordFault } from '../server/failures.ts';

/** A plan for twenty nodes with five archives is about 360 KiB, as it holds every command. */
const ENTRY_LIMIT_BYTES = 1024 * 1024;

/** An entry as it is kept, signed; throws `record` for what could not be read back, `record-full`. */
export function entryText({ change, position, event, mark }: RecordEntry, proof: EntryProof): string {
  checkedText(change, event, changeEventSchema);
  const marked = mark === undefined ? {} : { mark };
  return JSON.stringify({ event, ...marked, ...proof.sign({ change, position, event, ...marked }) });
}

/** Progress as it is kept; throws `record` for what could not be read back. */
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

/** The n-th entry of a record, from 1; throws `record` when it is none that this version knows. */
export function entryFrom(id: ChangeId, text: string, n: number): KeptEntry {
  const what = `Entry ${n} of its record in Redis`;
  const { key, signature, ...entry } = parsed(id, json(text), signedSchema, what);
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
    throw recordFull(
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
  throw recordFault(
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
