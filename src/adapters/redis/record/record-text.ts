import { z } from 'zod';
import { recordFull } from '../../../domain/answers/failure.ts';
import { type ChangeEvent, type ChangeId, type Progress, progressSchema } from '../../../domain/change/change.ts';
import {
  type EntryProof,
  type JournalMark,
  journalMark,
  type RecordEntry,
  type Signature,
} from '../../../domain/change/record-entry.ts';
import { isShallow, jsonIn } from '../../../domain/text/json.ts';
import { changeEventSchema } from '../../../schema/record-schemas.ts';
import { recordFault } from '../server/failures.ts';
import { saidIn, signedText } from '../server/signed-text.ts';

/** A plan for twenty nodes with five archives is about 650 KiB, as it holds every command. */
const ENTRY_LIMIT_BYTES = 1024 * 1024;
/** The same with the journal mark and the signature. */
export const STORED_ENTRY_BYTES = ENTRY_LIMIT_BYTES + 4096;

/** The stored text of a signed entry. Throws `record` if it could not be read back, or `record-full`. */
export function entryText({ change, position, event, mark }: RecordEntry, proof: EntryProof): string {
  checkedText(change, event, changeEventSchema);
  const marked = mark === undefined ? {} : { mark };
  return JSON.stringify({ event, ...marked, ...proof.sign({ change, position, event, ...marked }) });
}

/** The stored text of signed progress. Throws `record` if it could not be read back. */
export function progressText(id: ChangeId, progress: Progress, proof: EntryProof): string {
  checkedText(id, progress, progressSchema);
  return signedText(progress, { change: id }, proof.progress);
}

/** A stored entry with its signature; `raw` if this version does not know the event. */
export type KeptEntry = { readonly signature: Signature } & (
  | { readonly event: ChangeEvent; readonly mark?: JournalMark }
  | { readonly raw: object }
);

const signedSchema = z.strictObject({
  event: changeEventSchema,
  mark: journalMark.exactOptional(),
  key: z.string(),
  signature: z.string(),
});

/** Parses an entry; null if it cannot have been signed. */
export function entryFrom(text: string): KeptEntry | null {
  const value = jsonIn(text);
  const read = signedSchema.safeParse(value);
  if (!read.success) return rawFrom(value);
  const { key, signature, ...entry } = read.data;
  return { ...entry, signature: { key, signature } };
}

function rawFrom(value: unknown): KeptEntry | null {
  if (typeof value !== 'object' || value === null || !('key' in value) || !('signature' in value)) return null;
  const { key, signature, ...raw } = value;
  if (typeof key !== 'string' || typeof signature !== 'string' || !isShallow(raw)) return null;
  return { raw, signature: { key, signature } };
}

/** Fields of newer versions are ignored. */
const storedProgress = z.object(progressSchema.shape);

/** Parses progress; null if it is unsigned, or if this version does not know it: progress never matters for the state. */
export function progressFrom(id: ChangeId, text: string, proof: EntryProof): Progress | null {
  const progress = saidIn(text, { change: id }, storedProgress, proof.progress);
  return progress.is === 'said' ? progress.said : null;
}

function checkedText<T>(id: ChangeId, value: T, schema: z.ZodType<T>): string {
  const text = JSON.stringify(value);
  const bytes = Buffer.byteLength(text);
  if (bytes > ENTRY_LIMIT_BYTES) {
    throw recordFull(
      id,
      `An entry of ${Math.ceil(bytes / 1024)} KiB is larger than the limit of ${ENTRY_LIMIT_BYTES / 1024} KiB.`,
      'Request fewer nodes at once.',
    );
  }
  const answer = z.safeParse(schema, jsonIn(text));
  if (answer.success) return text;
  throw recordFault(
    id,
    `This version does not know a new entry: ${firstIssue(answer.error)}.`,
    'Run the same version of bot and worker, then request the change again.',
    { cause: answer.error },
  );
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'its format is invalid';
  const place = issue.path.map(String).join('.');
  return place === '' ? issue.message : `${place}: ${issue.message}`;
}
