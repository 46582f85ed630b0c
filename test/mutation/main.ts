import { runCommandLine } from '../../sandbox/command/command-line.ts';
import { trialCommand } from '../harness/command/trial-command.ts';

const command = trialCommand({
  name: 'test:mutation',
  description:
    'Break the product in one place at a time, and see whether its tests notice. The places are listed in test/mutation.\n' +
    'Everything happens in a copy of the tree. The chosen tests run once without a mutant first: they must pass.',
  one: 'mutant',
  seed: null,
  atOnce: { about: 'mutants at the same time, each in its own copy of the tree', usual: 2 },
  // Loaded only now, so that help and mistakes are answered at once.
  run: async (options) => await (await import('./run-mutants.ts')).runMutants(options),
});
await runCommandLine(command);
