import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Change } from '../../../src/domain/change/change.ts';
import { must, reached } from '../outcome.ts';
import type { AttackStage } from '../stage/attack-stage.ts';

/** Replaces a file of the bootstrap node, as someone with write access can, and restores it afterwards. */
export async function withFile<T>(
  { sandbox }: AttackStage,
  path: string,
  text: string | Buffer,
  use: () => Promise<T>,
): Promise<T> {
  const there = join(sandbox.cluster.bootstrapRoot, path);
  const before = await readFile(there);
  await writeFile(there, text);
  try {
    return await use();
  } finally {
    await writeFile(there, before);
  }
}

/** Requests a change that the worker must refuse or fail with a matching explanation. */
export async function refusedInWords(
  stage: AttackStage,
  wanted: RegExp,
  nodes: readonly string[] = ['node-2'],
): Promise<string> {
  const change = await stage.answered(await stage.askQuietly(nodes));
  reached(change.state !== 'requested', 'The worker did not inspect the cluster.');
  const says = wordsOf(change);
  must(change.state === 'refused' || change.state === 'failed', `The worker made a plan: ${change.digest}`);
  must(wanted.test(says), `The explanation is different: ${says}`);
  return says;
}

const wordsOf = ({ refusal, failure }: Change): string =>
  refusal === undefined ? `${failure?.where}: ${failure?.what} ${failure?.detail ?? ''}` : refusal.says;
