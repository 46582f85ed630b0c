import { runCommandLine } from '../../sandbox/command/command-line.ts';
import { trialCommand } from '../harness/command/trial-command.ts';
import { USUAL_PAIRS } from './disturbances/pairs.ts';

const command = trialCommand({
  name: 'chaos',
  description:
    'Disturb a change in every known way (kills, restarts, faults of Redis, Slack, SSH and Salt, wrong clocks), and check the result.\n' +
    'Every run starts with one undisturbed change; its events define the scenarios.',
  one: 'scenario',
  seed: {
    about: 'selects the pairs of disturbances and every random moment; without it, each run draws a new one',
    usual: null,
  },
  pairs: { about: 'how many pairs of disturbances are drawn', usual: USUAL_PAIRS },
  atOnce: { about: 'scenarios in parallel, each in its own sandbox with four processes', usual: 3 },
  // Loaded here, so that help and mistakes are answered at once.
  run: async (options) => await (await import('./run-chaos.ts')).runChaos(options),
});
await runCommandLine(command);
