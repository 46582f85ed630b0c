import { runCommandLine } from '../../sandbox/command/command-line.ts';
import { trialCommand } from '../harness/command/trial-command.ts';

const command = trialCommand({
  name: 'attack',
  description:
    'Attack the bot, the worker and their parts, as someone with access to Redis, the network, a file or a Slack account could.\n' +
    'Each attack must be stopped, and both processes must continue normal work.',
  one: 'attack',
  seed: { about: 'selects a random order of the kinds of attack (default: as written)', usual: null },
  atOnce: { about: 'sandboxes in parallel; each kind of attack runs in one of them', usual: 1 },
  // Loaded here, so that help and mistakes are answered at once.
  run: async (options) => await (await import('./run-attacks.ts')).runAttacks(options),
});
await runCommandLine(command);
