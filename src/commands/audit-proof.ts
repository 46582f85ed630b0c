import type { ReadJournal } from '../adapters/journal/entries/read.ts';
import { count } from '../domain/text/format.ts';

type Print = (line: string) => void;

/** How many lines there are, and that each follows from the one before. */
export function tellChain({ first, files, head, newer, unfinished }: ReadJournal, print: Print): void {
  const lines = head.line === 0 ? 0 : head.line - first + 1;
  const where = files === 1 ? '' : ` in ${files} files`;
  print(`${count(lines, 'line')}${where}, each follows from the one before. Head: ${head.hash}`);
  if (first > 1) print(`They begin with line ${first}: older files were removed.`);
  if (newer[0] !== undefined)
    print(
      `${newer.length} of them ${newer.length === 1 ? 'was' : 'were'} written by a newer version of registry-ha, from line ${newer[0].seq} on. Use that version to read them.`,
    );
  if (unfinished > 0)
    print(
      `Behind them ${unfinished} bytes of a line that is not finished: being written just now, or left by a crash.`,
    );
}

/** What seals and a quoted hash prove of the journal; false when they do not prove it. */
export function tellProof(journal: ReadJournal, quoted: string | undefined, print: Print): boolean {
  const isSealed = journal.seals > 0 ? tellSeals(journal, print) : tellNoSeal(journal, print);
  const isWitnessed = quoted === undefined ? tellUnwitnessed(print) : tellWitness(quoted, journal, print);
  return isSealed && isWitnessed;
}

function tellSeals({ seals, sealed, unsealedEnd, head, unknownKeys }: ReadJournal, print: Print): boolean {
  const open = head.line - sealed;
  if (unknownKeys.length > 0) {
    print(
      `SEALS NOT PROVEN: the key ${unknownKeys.join(', ')} is none of those given. Name the worker's public keys with --keys.`,
    );
    return false;
  }
  print(`${count(seals, 'seal')}, all genuine; the last one is line ${sealed}.`);
  if (unsealedEnd > 0) return tellUnsealedEnd(unsealedEnd, print);
  if (open > 0) print(`${count(open, 'line')} behind it nobody has sealed yet: their change has not ended.`);
  return true;
}

/** Without a seal nothing says who wrote the lines, and a wiped journal looks like a new one. */
function tellNoSeal({ head, unsealedEnd }: ReadJournal, print: Print): boolean {
  if (unsealedEnd > 0) return tellUnsealedEnd(unsealedEnd, print);
  print(
    head.line === 0
      ? 'NOTHING TO PROVE: the journal is empty. That is right only while nobody has asked this worker for anything; if a thread in Slack quotes a journal line, this is another file, or somebody has emptied it.'
      : 'NOT SEALED: no line has a seal, so anybody who can write the file may have written them. That is right only until the worker has seen a first change end: verify again then. If a thread in Slack quotes a journal line already, this is another file, or somebody has replaced it.',
  );
  return false;
}

function tellUnsealedEnd(line: number, print: Print): false {
  print(
    `NOT SEALED: line ${line} ends a change, and no seal follows. A worker seals each end with it, or at its next start: either none has run since, or somebody else wrote these lines.`,
  );
  return false;
}

/** Seals prove what is there; only a hash that is kept elsewhere proves that the end was not cut off, nor all of it replaced. */
function tellUnwitnessed(print: Print): true {
  print(
    'Whether lines were cut off at the end, only a thread can tell: give what the newest one quotes behind “Journal line” as --witness.',
  );
  return true;
}

function tellWitness(quoted: string, { hashes, events, first }: ReadJournal, print: Print): boolean {
  const found = [...hashes].filter(([hash]) => hash.startsWith(quoted));
  for (const [, line] of found) {
    const told = events.find((one) => one.line === line);
    print(
      `${quoted} is line ${line}${told === undefined ? '' : `: ${told.change}, ${told.event.type}, ${told.event.at}`}.`,
    );
  }
  if (found.length === 0)
    print(
      `NOT IN THIS JOURNAL: no line has the hash ${quoted}. ${first > 1 ? `Lines before ${first} were removed; otherwise the` : 'The'} journal was changed since it was quoted, or it is another cluster's.`,
    );
  return found.length > 0;
}
