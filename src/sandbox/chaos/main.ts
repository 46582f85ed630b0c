import { parseArgs } from 'node:util';
import { z } from 'zod';
import { stopSignal } from '../stop-signal.ts';
import { runChaos } from './run-chaos.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    'at-once': { type: 'string', default: '2' },
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
} finally {
  stop.dispose();
}
