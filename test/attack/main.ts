import { parseArgs } from 'node:util';
import { printLine, sayBeside, untilStopped } from '../../sandbox/command/until-stopped.ts';
import { runAttacks } from './run-attacks.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
  },
});
await untilStopped((signal) => runAttacks({ ...values, signal, say: sayBeside(values.json), print: printLine }));
