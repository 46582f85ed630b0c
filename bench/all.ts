import { Command } from 'commander';
import { runCommandLine } from '../sandbox/command/command-line.ts';
import { type Result, resultOf, run } from './all/child.ts';
import { formerTree } from './all/former.ts';
import { compared, inWords } from './all/words.ts';

interface AllOptions {
  readonly json?: boolean;
  readonly only?: string;
  readonly against?: string;
}

/** A bench, and the options with which all of them together stay under 25 minutes on two cores. */
const BENCHES: readonly { readonly name: string; readonly args: readonly string[] }[] = [
  { name: 'copy', args: ['--mib', '256'] },
  { name: 'proof', args: ['--rounds', '3'] },
  { name: 'start', args: [] },
  { name: 'plan', args: ['--rounds', '3'] },
  { name: 'inspect', args: [] },
  { name: 'apply', args: ['--pace', '0.25'] },
  { name: 'ack', args: ['--rounds', '3'] },
  { name: 'fleet', args: ['--sizes', '1,1000', '--rounds', '5'] },
];

async function bench({ json = false, only = '', against }: AllOptions): Promise<void> {
  const names = only === '' ? BENCHES.map(({ name }) => name) : only.split(',');
  const unknown = names.filter((name) => BENCHES.every((one) => one.name !== name));
  if (unknown.length > 0) throw new Error(`There is no bench ${unknown.join(', ')}.`);
  const former = against === undefined ? null : await formerTree(against);
  const results: Result[] = [];
  try {
    for (const { name, args } of BENCHES.filter((one) => names.includes(one.name))) {
      const now = resultOf(name, await run(name, args));
      // One directly after the other, so that a busy minute affects both as little as possible.
      const before = former === null ? null : resultOf(name, await run(name, args, former.folder));
      results.push(before === null ? now : compared(now, before));
    }
  } finally {
    await former?.close();
  }
  const met = results.every(({ failed, rows }) => failed === null && rows.every((row) => row.met));
  process.stdout.write(
    json ? `${JSON.stringify({ met, against: former?.commit ?? null, results })}\n` : inWords(results),
  );
  if (results.some(({ failed }) => failed !== null)) process.exitCode = 1;
}

await runCommandLine(
  new Command('npm run bench --')
    .description('Run every bench, one after another, and print its rows')
    .option('--json', 'print one JSON line')
    .option('--only <names>', `run only these, separated by commas: ${BENCHES.map(({ name }) => name).join(', ')}`)
    .option('--against <ref>', 'run each also on this commit, and print the ratio of both')
    .action(bench),
);
