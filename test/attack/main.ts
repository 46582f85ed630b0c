import { runCommandLine } from '../../sandbox/command/command-line.ts';
import { trialCommand } from '../harness/command/trial-command.ts';

const command = trialCommand({
  name: 'attack',
  description:
    'Attack the bot, the worker and their parts as someone could who has Redis, the network, a file or a Slack account.\n' +
    'Each attack must be stopped, and both processes must go on with honest work.',
  one: 'attack',
  seed: { about: 'decides the order of the kinds of attack (default: as they are written)', usual: null },
  atOnce: { about: 'sandboxes at the same time; each kind of attack is made in one of them', usual: 1 },
  // Loaded only now, so that help and mistakes are answered at once.
  run: async (options) => await (await import('./run-attacks.ts')).runAttacks(options),
});
await runCommandLine(command);
