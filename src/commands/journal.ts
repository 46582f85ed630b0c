import { type ReadJournal, readJournal } from '../adapters/journal/entries/read.ts';
import type { ChangeEvent } from '../domain/change/change.ts';
import { isChangeId } from '../domain/change/change-id.ts';
import { shortDigest } from '../domain/plan/digest.ts';
import { intentInWords } from '../domain/plan/intent.ts';
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
    print(event === null ? `${line}  ${id}  ${NEWER}` : printable(`${line}  ${event.at}  ${id}  ${words(event)}`));
  return wanted.length === 0 && change !== undefined ? 1 : 0;
}

const NEWER = 'written by a newer version of registry-ha';

function words(event: ChangeEvent): string {
  switch (event.type) {
    case 'requested':
      return `requested by ${event.requester.name} (${event.requester.id}): ${intentInWords(event.intent)}${event.intent.reason === undefined ? '' : `, reason: ${event.intent.reason}`}`;
    case 'planned':
      return `planned ${event.plan.approved.steps.length} steps, digest ${shortDigest(event.digest)}, expires ${event.expires}`;
    case 'refused':
      return `refused (${event.refusal.refused}): ${event.refusal.says}`;
    case 'approved':
      return `approved by ${event.signed.approval.approvers.join(' and ')}, plan ${shortDigest(event.signed.approval.digest)}, key ${event.signed.key}`;
    case 'denied':
    case 'cancel-requested':
    case 'cancelled':
      return `${event.type} by ${event.by.name} (${event.by.id})`;
    case 'job-started':
      return `${event.step}: Salt job ${event.jid}`;
    case 'step-done':
      return `${event.step}: ${event.already ? 'was done already' : `done in ${event.seconds} s`}${event.note === undefined ? '' : ` (${event.note})`}`;
    case 'step-failed':
      return `${event.step}: FAILED at ${event.failure.where}: ${event.failure.what}`;
    case 'failed':
      return `failed at ${event.failure.where}: ${event.failure.what}`;
    case 'done':
      return `done in ${event.seconds} s: served ${event.proof.served}/${event.proof.expected} images, engines ${event.proof.engines}/${event.proof.engineTotal}`;
    case 'step-started':
      return `${event.step}: started`;
    case 'undone':
      return `undone by ${event.change}`;
    default:
      return event.type;
  }
}
