import { parseArgs } from 'node:util';
import { z } from 'zod';
import { printLine, sayBeside, untilStopped } from '../../sandbox/command/until-stopped.ts';
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
await untilStopped((signal) =>
  runChaos({
    json: values.json,
    list: values.list,
    seed: values.seed,
    only: values.only ?? '',
    atOnce: z.coerce.number().int().min(1).max(16).parse(values['at-once']),
    signal,
    say: sayBeside(values.json),
    print: printLine,
  }),
);
