import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MEANINGS_BY_TOPIC, type Meaning } from './refusal-meanings.ts';

export const REFUSALS_PAGE = join(import.meta.dirname, '../docs/refusals.md');

const HEAD = `# Refusals

Find the code of your refusal below. A card shows it in its last line, and \`registry-ha journal show\` prints it too.

A private reply has no code: search this page for its words.

A refusal before the start changes nothing on the cluster. A change that has begun can stop for the same reasons. Its
card then says **Failed**, and lists the completed steps. See [After a failure](operation.md#after-a-failure).

This page is generated from the code. Do not edit it: run \`npm run docs:refusals\`.
`;

/** The page of all refusals, as Markdown. */
export function refusalsPage(): string {
  const topics = Object.entries(MEANINGS_BY_TOPIC).map(([topic, meanings]) => table(topic, meanings));
  return [HEAD, ...topics].join('\n');
}

function table(topic: string, meanings: Readonly<Record<string, Meaning>>): string {
  const rows = Object.entries(meanings).map(([code, { means, next }]) => `| \`${code}\` | ${means} | ${next} |`);
  return [`## ${topic}`, '', '| code | what it means | what to do |', '|---|---|---|', ...rows, ''].join('\n');
}

if (import.meta.main) {
  const page = refusalsPage();
  const isNew = readFileSync(REFUSALS_PAGE, { encoding: 'utf8', flag: 'a+' }) !== page;
  if (isNew) writeFileSync(REFUSALS_PAGE, page);
  process.stdout.write(`docs/refusals.md ${isNew ? 'was updated' : 'is up to date'}.\n`);
}
