import { parseArgs } from 'node:util';
import { EXIT_BY_CTRL_C, Stopped, stopSignal } from '../stop-signal.ts';
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
} catch (error) {
  if (!(error instanceof Stopped)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = EXIT_BY_CTRL_C;
} finally {
  stop.dispose();
}
