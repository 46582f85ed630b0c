import { parseArgs } from 'node:util';
import { stopSignal } from '../stop-signal.ts';
import { runAttacks } from './run-attacks.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
  },
});
const stop = stopSignal();
try {
  process.exitCode = await runAttacks({
    ...values,
    signal: stop.signal,
    say: (line) => void (values.json ? process.stderr : process.stdout).write(`${line}\n`),
    print: (line) => void process.stdout.write(`${line}\n`),
  });
} finally {
  stop.dispose();
}
