import type { JournalEvents, ReadJournal } from '../adapters/journal/entries/read.ts';
import { proofResultInWords } from '../domain/change/event-words.ts';
import { count } from '../domain/text/format.ts';
import type { Print } from './explained.ts';

/** Prints the number of lines and the end of the verified hash chain. */
export function printChain({ first, files, head, newer, unfinished }: ReadJournal, print: Print): void {
  const lines = head.line === 0 ? 0 : head.line - first + 1;
  const where = files === 1 ? '' : ` in ${files} files`;
  print(`${count(lines, 'line')}${where}, hash chain intact. Head: ${head.hash}`);
  if (first > 1) print(`The journal starts at line ${first}. Older files were removed.`);
  if (newer[0] !== undefined)
    print(
      `A newer version of registry-ha wrote ${count(newer.length, 'line')}, from line ${newer[0].seq} on. Use that version to read them.`,
    );
  if (unfinished > 0)
    print(`The last line is incomplete (${unfinished} bytes): it is still being written, or a crash cut it off.`);
}

/** Prints what the seals and a quoted hash prove; false when something is not proven. `events` are those with that hash. */
export function printProof(journal: ReadJournal & JournalEvents, quoted: string | undefined, print: Print): boolean {
  const isSealed = journal.seals > 0 ? printSeals(journal, print) : printNoSeal(journal, print);
  const isWitnessed = quoted === undefined ? printNoWitness(print) : printWitness(quoted, journal, print);
  return isSealed && isWitnessed;
}

function printSeals({ seals, sealed, unsealedEnd, head, unknownKeys }: ReadJournal, print: Print): boolean {
  const open = head.line - sealed;
  if (unknownKeys.length > 0) {
    print(
      `SEALS NOT VERIFIED: the public key of ${unknownKeys.join(', ')} was not given. Pass the worker’s public keys with --keys.`,
    );
    return false;
  }
  print(`${count(seals, 'seal')}, all genuine. The last seal is line ${sealed}.`);
  if (unsealedEnd > 0) return printUnsealedEnd(unsealedEnd, print);
  if (open > 0) print(`${count(open, 'line is', 'lines are')} not sealed yet: the change has not ended.`);
  return true;
}

/** Without a seal the author of the lines is unknown, and an emptied journal looks like a new one. */
function printNoSeal({ head, unsealedEnd }: ReadJournal, print: Print): boolean {
  if (unsealedEnd > 0) return printUnsealedEnd(unsealedEnd, print);
  print(
    head.line === 0
      ? 'NOTHING TO VERIFY: the journal is empty. This is normal only before the first request to this worker. If a Slack thread quotes a journal line, this is the wrong file, or someone has emptied it.'
      : 'NOT SEALED: no line has a seal, so anyone with write access to the file could have written the lines. This is normal only until the first change ends; verify again then. If a Slack thread already quotes a journal line, this is the wrong file, or someone has replaced it.',
  );
  return false;
}

function printUnsealedEnd(line: number, print: Print): false {
  print(
    `NOT SEALED: line ${line} ends a change or is a proof, but no seal follows. The worker seals such a line at once, or at its next start. Either the worker has not run since, or someone else wrote these lines.`,
  );
  return false;
}

/** Seals prove the lines that exist. Only a hash kept elsewhere shows a cut end or a replaced file. */
function printNoWitness(print: Print): true {
  print(
    'Only a Slack thread can show whether lines are missing at the end. Pass the newest hash that a thread shows after “Journal line” with --witness.',
  );
  return true;
}

function printWitness(
  quoted: string,
  { hashes, events, proofs, first }: ReadJournal & JournalEvents,
  print: Print,
): boolean {
  const found = [...hashes].filter(([hash]) => hash.startsWith(quoted));
  for (const [, line] of found) {
    const entry = events.find((one) => one.line === line);
    const proof = proofs.find((one) => one.line === line)?.proof;
    if (proof !== undefined) print(`${quoted} is line ${line}: verify, ${proofResultInWords(proof)}, ${proof.ended}.`);
    else
      print(
        `${quoted} is line ${line}${entry === undefined ? '' : `: ${entry.change}, ${entry.event.type}, ${entry.event.at}`}.`,
      );
  }
  if (found.length === 0)
    print(
      `NOT IN THIS JOURNAL: no line has the hash ${quoted}. ${first > 1 ? `Lines before ${first} were removed; otherwise the` : 'The'} journal was changed after the hash was quoted, or the hash is from another cluster.`,
    );
  return found.length > 0;
}
