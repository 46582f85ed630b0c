import { z } from 'zod';

/** An entry as Redis gives it: its id and its fields; null where the stream has been trimmed. */
const entrySchema = z.tuple([z.string(), z.array(z.string()).nullable()]);
const readSchema = z.array(z.tuple([z.string(), z.array(entrySchema)])).nullable();
const claimedSchema = z.tuple([z.string(), z.array(entrySchema)], z.unknown());

/** An entry of a stream, with the change it names; null when it names none. */
export interface StreamEntry {
  readonly stream: string;
  readonly entry: string;
  readonly id: string | null;
}

/** The entries of an XREADGROUP reply. */
export function entriesRead(reply: unknown): readonly StreamEntry[] {
  return (readSchema.parse(reply) ?? []).flatMap(([stream, entries]) => entries.map((entry) => entryOf(stream, entry)));
}

/** The entries of an XAUTOCLAIM reply. */
export function entriesClaimed(stream: string, reply: unknown): readonly StreamEntry[] {
  return claimedSchema.parse(reply)[1].map((entry) => entryOf(stream, entry));
}

function entryOf(stream: string, [entry, fields]: z.infer<typeof entrySchema>): StreamEntry {
  const id = fields?.[0] === 'id' ? fields[1] : undefined;
  return { stream, entry, id: id ?? null };
}
