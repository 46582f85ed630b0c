import { type ReadJournal, readJournal } from '../adapters/journal/entries/read.ts';
import { isChangeId } from '../domain/change/change-id.ts';
import { eventInWords } from '../domain/change/event-words.ts';
import { printable } from '../domain/text/printable.ts';
import { tellChain } from './audit-proof.ts';
import { orExplained } from './explained.ts';

type Print = (line: string) => void;

/** `registry-ha journal verify|show [CHANGE]`: reads the worker's journal; gives the exit code. */
export async function journalCommand(
  verb: string,
  change: string | undefined,
  path: string,
  print: Print,
): Promise<number> {
  if (verb !== 'verify' && verb !== 'show') {
    print(`registry-ha journal ${printable(verb)}: there is \`verify\` and \`show [CHANGE]\`.`);
    return 2;
  }
  if (change !== undefined && !isChangeId(change)) {
    print(`“${printable(change)}” is not the id of a change. Copy the id from the card, for example \`lab-7f3k2q\`.`);
    return 2;
  }
  return await orExplained(print, async () => {
    const journal = await readJournal(path);
    if (verb === 'show') return shown(journal, change, print);
    tellChain(journal, print);
    return 0;
  });
}

function shown({ events, newer }: ReadJournal, change: string | undefined, print: Print): number {
  const unknown = newer.map(({ seq, change: id = '' }) => ({ line: seq, change: id, event: null }));
  const wanted = [...events, ...unknown].filter((one) => change === undefined || one.change === change);
  if (wanted.length === 0)
    print(change === undefined ? 'The journal is empty.' : `There is nothing about ${printable(change)}.`);
  for (const { line, change: id, event } of wanted.toSorted((one, other) => one.line - other.line))
    print(
      event === null ? `${line}  ${id}  ${NEWER}` : printable(`${line}  ${event.at}  ${id}  ${eventInWords(event)}`),
    );
  return wanted.length === 0 && change !== undefined ? 1 : 0;
}

const NEWER = 'written by a newer version of registry-ha';
