import { scanJournal } from '../adapters/journal/entries/read.ts';
import type { AuditEntry, ProofEntry } from '../domain/change/audit.ts';
import { isChangeId } from '../domain/change/change-id.ts';
import { eventInWords, proofInFull } from '../domain/change/event-words.ts';
import { printable } from '../domain/text/printable.ts';
import { printChain } from './audit-proof.ts';
import { orExplained, type Print } from './explained.ts';

/** `registry-ha journal verify|show [CHANGE]`: reads the worker's journal; returns the exit code. */
export async function journalCommand(
  verb: string,
  change: string | undefined,
  path: string,
  print: Print,
): Promise<number> {
  if (verb !== 'verify' && verb !== 'show') {
    print('Use `registry-ha journal verify` or `registry-ha journal show [CHANGE]`.');
    return 2;
  }
  if (change !== undefined && !isChangeId(change)) {
    print(`“${printable(change)}” is not a change ID. Copy the ID from the card, for example \`lab-7f3k2q\`.`);
    return 2;
  }
  return await orExplained(print, async () => {
    if (verb === 'show') return await shown(path, change, print);
    printChain(await scanJournal(path, {}), print);
    return 0;
  });
}

async function shown(path: string, change: string | undefined, print: Print): Promise<number> {
  const found: { readonly line: number; readonly text: string }[] = [];
  const onEvent = ({ line, change: id, event }: AuditEntry) => {
    if (change === undefined || id === change)
      found.push({ line, text: printable(`${line}  ${event.at}  ${id}  ${eventInWords(event)}`) });
  };
  const onProof = ({ line, proof }: ProofEntry) => {
    if (change === undefined)
      found.push({ line, text: printable(`${line}  ${proof.ended}  verify  ${proofInFull(proof)}`) });
  };
  const { newer } = await scanJournal(path, { onEvent, onProof });
  for (const { seq: line, change: id = '' } of newer)
    if (change === undefined || id === change) found.push({ line, text: `${line}  ${id}  ${NEWER}` });
  if (found.length === 0)
    print(change === undefined ? 'The journal is empty.' : `The journal has no entry for ${printable(change)}.`);
  for (const { text } of found.toSorted((one, other) => one.line - other.line)) print(text);
  return found.length === 0 && change !== undefined ? 1 : 0;
}

const NEWER = 'written by a newer version of registry-ha';
