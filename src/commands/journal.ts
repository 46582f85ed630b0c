import { type ReadJournal, readJournal } from '../adapters/journal/entries/read.ts';
import { isChangeId } from '../domain/change/change-id.ts';
import { eventInWords } from '../domain/change/event-words.ts';
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
    const journal = await readJournal(path);
    if (verb === 'show') return shown(journal, change, print);
    printChain(journal, print);
    return 0;
  });
}

function shown({ events, newer }: ReadJournal, change: string | undefined, print: Print): number {
  const unknown = newer.map(({ seq, change: id = '' }) => ({ line: seq, change: id, event: null }));
  const wanted = [...events, ...unknown].filter((one) => change === undefined || one.change === change);
  if (wanted.length === 0)
    print(change === undefined ? 'The journal is empty.' : `The journal has no entry for ${printable(change)}.`);
  for (const { line, change: id, event } of wanted.toSorted((one, other) => one.line - other.line))
    print(
      event === null ? `${line}  ${id}  ${NEWER}` : printable(`${line}  ${event.at}  ${id}  ${eventInWords(event)}`),
    );
  return wanted.length === 0 && change !== undefined ? 1 : 0;
}

const NEWER = 'written by a newer version of registry-ha';
