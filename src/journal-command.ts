import { type ReadJournal, readJournal } from './adapters/journal/read.ts';
import { approversOf } from './domain/approval.ts';
import type { ChangeEvent } from './domain/change.ts';
import { shortDigest } from './domain/digest.ts';
import { Failure } from './domain/failure.ts';
import type { Intent } from './domain/plan.ts';
import { printable } from './domain/printable.ts';

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
  try {
    const journal = await readJournal(path);
    return verb === 'verify' ? verified(journal, print) : shown(journal, change, print);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { where, what, next } = error.report();
    print(printable(`${where}: ${what} ${next}`));
    return 1;
  }
}

function verified({ lines, head, unfinished }: ReadJournal, print: Print): number {
  print(`${lines.length} lines, each follows from the one before. Head: ${head}`);
  if (unfinished > 0)
    print(
      `Behind them ${unfinished} bytes of a line that is not finished: being written just now, or left by a crash.`,
    );
  return 0;
}

function shown({ lines }: ReadJournal, change: string | undefined, print: Print): number {
  const wanted = lines.filter((line) => change === undefined || line.change === change);
  if (wanted.length === 0)
    print(change === undefined ? 'The journal is empty.' : `There is nothing about ${printable(change)}.`);
  for (const { seq, change: id, event } of wanted) print(printable(`${seq}  ${event.at}  ${id}  ${words(event)}`));
  return wanted.length === 0 && change !== undefined ? 1 : 0;
}

const asked = (intent: Intent): string =>
  `${intent.verb}${intent.verb === 'undo' ? ` ${intent.undoes} on` : ''} ${intent.nodes.join(' ')}`;

function words(event: ChangeEvent): string {
  switch (event.type) {
    case 'requested':
      return `requested by ${event.requester.name} (${event.requester.id}): ${asked(event.intent)}${event.intent.reason === undefined ? '' : `, reason: ${event.intent.reason}`}`;
    case 'planned':
      return `planned ${event.plan.approved.steps.length} steps, digest ${shortDigest(event.digest)}, expires ${event.expires}`;
    case 'refused':
      return `refused (${event.refusal.refused}): ${event.refusal.says}`;
    case 'approved':
      return `approved by ${approversOf(event.signed.approval).join(' and ')}, plan ${shortDigest(event.signed.approval.digest)}, key ${event.signed.key}`;
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
