import { runCommandLine } from '../../sandbox/command/command-line.ts';
import { trialCommand } from '../harness/command/trial-command.ts';

const command = trialCommand({
  name: 'chaos',
  description:
    'Disturb a change in every way we know (kills, restarts, faults of Redis, Slack, SSH and Salt, wrong clocks), and judge what is left.\n' +
    'Every run begins with one undisturbed change; its events decide which scenarios there are.',
  one: 'scenario',
  seed: { about: 'decides which pairs of disturbances are played, and every random moment', usual: '1' },
  atOnce: { about: 'scenarios at the same time, each in its own sandbox with four processes', usual: 3 },
  // Loaded only now, so that help and mistakes are answered at once.
  run: async (options) => await (await import('./run-chaos.ts')).runChaos(options),
});
await runCommandLine(command);
