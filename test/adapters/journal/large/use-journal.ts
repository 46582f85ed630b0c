import { openJournal } from '../../../../src/adapters/journal/entries/journal.ts';
import { journalCommand } from '../../../../src/commands/journal.ts';
import { rotationAt } from '../rotation-world.ts';

/**
 * Uses a journal in one way, and prints the largest share of its work that one turn of the event loop took: no timer fires meanwhile.
 * A share of CPU time does not depend on the machine's speed. Run with little memory by large-journal.test.ts.
 */
const [act, path = '', at = ''] = process.argv.slice(2);

const begun = worked();
let before = begun;
let longest = 0;
let isOver = false;
function turn(): void {
  const now = worked();
  longest = Math.max(longest, now - before);
  before = now;
  if (!isOver) setImmediate(turn);
}

function worked(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function use(): Promise<void> {
  if (act === 'show') {
    let lines = 0;
    process.exitCode = await journalCommand('show', 'c1-open22', path, () => {
      lines += 1;
    });
    if (lines !== 4) throw new Error(`${lines} lines`);
    return;
  }
  const rotation = act === 'rotate' ? { rotation: rotationAt(at, { maxBytes: 1 }) } : {};
  await (await openJournal({ path, ...rotation })).close();
}

turn();
await use();
isOver = true;
turn();
process.stdout.write(`${longest / (worked() - begun)}\n`);
