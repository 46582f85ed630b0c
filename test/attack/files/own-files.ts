import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Change } from '../../../src/domain/change/change.ts';
import { must, reached } from '../outcome.ts';
import type { AttackStage } from '../stage/attack-stage.ts';

/** Puts another text into a file of the bootstrap node, as whoever may write there can, and puts the old one back. */
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

/** Asks for a change that the worker must refuse (or give up) in words that fit. */
export async function refusedInWords(
  stage: AttackStage,
  wanted: RegExp,
  nodes: readonly string[] = ['node-2'],
): Promise<string> {
  const change = await stage.answered(await stage.askQuietly(nodes));
  reached(change.state !== 'requested', 'The worker did not look.');
  const says = wordsOf(change);
  must(change.state === 'refused' || change.state === 'failed', `The worker made a plan: ${change.digest}`);
  must(wanted.test(says), `It says something else: ${says}`);
  return says;
}

const wordsOf = ({ refusal, failure }: Change): string =>
  refusal === undefined ? `${failure?.where}: ${failure?.what} ${failure?.detail ?? ''}` : refusal.says;
