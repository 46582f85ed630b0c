import { readFile } from 'node:fs/promises';
import { shortDigest } from '../domain/plan/digest.ts';
import { intentInWords } from '../domain/plan/intent.ts';
import { type ReadPlanFile, readPlanFile } from '../domain/plan/plan-file.ts';
import { NO_CHANGE } from '../domain/questions/plan/dry-run.ts';
import { printable } from '../domain/text/printable.ts';
import { approvedPartSchema } from '../schema/record-schemas.ts';
import { orExplained, type Print } from './explained.ts';

/** `registry-ha plan digest FILE`: the digest of a plan file, and whether its words say the same; returns the exit code. */
export async function planCommand(verb: string, path: string | undefined, print: Print): Promise<number> {
  if (verb !== 'digest' || path === undefined) {
    print('Use `registry-ha plan digest FILE`.');
    return 2;
  }
  return await orExplained(print, async () => {
    const file = readPlanFile(await readFile(path, 'utf8'));
    if (file !== null) return judged(file, print);
    print(`${printable(path)} is not a whole plan file. Download it again from the thread of the change’s card.`);
    return 1;
  });
}

/** Whatever the file says, the digest on the card decides: only that one was approved. */
function judged(file: ReadPlanFile, print: Print): number {
  const { digest, named } = file;
  print(`Digest: ${digest}`);
  if (digest !== named) {
    print(`The file names another digest: ${printable(named)}. It was changed. Do not trust it.`);
    return 1;
  }
  const approved = approvedPartSchema.safeParse(file.data).data;
  if (approved === undefined) {
    print(
      'The file names the same digest. This version of registry-ha cannot read the plan in it, so its words were not',
    );
    print('compared with its data. Use the version of the worker that made the plan.');
    return 1;
  }
  const { change, intent } = approved;
  if (!file.saysSameAs(approved)) {
    print(
      'The file names the same digest, but its words about what is approved are not those of its data. It was changed,',
    );
    print('or another version of registry-ha wrote it. Trust only the button Full plan on the card.');
    return 1;
  }
  print(`The file names the same digest, and its words about what is approved are those of its data.`);
  if (change === NO_CHANGE) {
    print(printable(`Dry run of ${intentInWords(intent)}, on the cluster ${intent.cluster}. It belongs to no change.`));
    return 0;
  }
  print(printable(`Plan of ${change}: ${intentInWords(intent)}, on the cluster ${intent.cluster}.`));
  print(`It is the approved plan only if the card of ${printable(change)} shows “plan ${shortDigest(digest)}”.`);
  print('What was seen (above “Approved”) is not covered by the digest.');
  return 0;
}
