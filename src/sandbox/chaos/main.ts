import { parseArgs } from 'node:util';
import { z } from 'zod';
import { EXIT_BY_CTRL_C, Stopped, stopSignal } from '../stop-signal.ts';
import { runChaos } from './run-chaos.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    'at-once': { type: 'string', default: '3' },
    list: { type: 'boolean', default: false },
  },
});
const stop = stopSignal();
try {
  process.exitCode = await runChaos({
    json: values.json,
    list: values.list,
    seed: values.seed,
    only: values.only ?? '',
    atOnce: z.coerce.number().int().min(1).max(16).parse(values['at-once']),
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
