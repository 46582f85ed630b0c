import { z } from 'zod';
import type { ChangeEvent, ChangeId, Progress } from '../../domain/change.ts';
import { RecordFull } from '../../domain/failure.ts';
import { changeEventSchema, progressSchema } from '../../schema/event-schema.ts';
import { RecordFault } from './failures.ts';

/** A plan for twenty nodes with five archives is about 360 KiB, as it holds every command. */
const ENTRY_LIMIT_BYTES = 1024 * 1024;

/** An entry as it is kept; throws RecordFault for what could not be read back, RecordFull for what is too large. */
export function eventText(id: ChangeId, event: ChangeEvent): string {
  return checkedText(id, event, changeEventSchema);
}

/** Progress as it is kept; throws RecordFault for what could not be read back. */
export function progressText(id: ChangeId, progress: Progress): string {
  return checkedText(id, progress, progressSchema);
}

/** The n-th entry of a record, from 1; throws RecordFault when it is none that this version knows. */
export function eventFrom(id: ChangeId, text: string, n: number): ChangeEvent {
  return parsed(id, text, changeEventSchema, `Entry ${n} of its record in Redis`);
}

export function progressFrom(id: ChangeId, text: string): Progress {
  return parsed(id, text, progressSchema, 'Its progress in Redis');
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
  parsed(id, text, schema, 'A new entry');
  return text;
}

function parsed<T>(id: ChangeId, text: string, schema: z.ZodType<T>, what: string): T {
  const answer = z.safeParse(schema, json(text));
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
