import { Command } from 'commander';
import { positive, wholeNumber } from './command-line.ts';
import type { ClusterOnlyOptions, SlackOnlyOptions } from './open-parts.ts';
import type { ScenarioOptions } from './run-scenario.ts';
import { untilStopped } from './until-stopped.ts';

/** `npm run sandbox`. Each command loads its code only when it runs, so that help and mistakes are answered at once. */
export function sandboxCommand(): Command {
  const sandbox = withOptions(new Command('npm run sandbox --'))
    .description('Start a local Slack, a simulated cluster, Redis, the bot and the worker on loopback')
    .enablePositionalOptions()
    .option(...PORT)
    .action((options: ScenarioOptions) =>
      untilStopped(async (signal) => await (await import('./open-sandbox.ts')).openSandbox(options, signal)),
    );
  withOptions(sandbox.command('run'))
    .description(
      'Play a scenario. Exits 0 only if every expectation is met, 1 if not, 2 if the scenario cannot be read',
    )
    .argument('[file]', 'scenario file (default: standard input)')
    .option('--json', 'print the result as one JSON object on standard output; everything else goes to standard error')
    .option('--patience <n>', 'multiply every limit of the scenario, for a slow or busy machine (default: 1)', positive)
    .action((file: string | undefined, _: unknown, command: Command) =>
      untilStopped(async (signal) => {
        const { runScenario } = await import('./run-scenario.ts');
        return await runScenario(file, command.optsWithGlobals<ScenarioOptions>(), signal);
      }),
    );
  withCluster(sandbox.command('cluster'))
    .description('Start only the simulated cluster, for your own worker, kubectl or ssh')
    .option('--exec-on-host', 'run commands for the salt-master pod on this computer, to use a real Salt')
    .action((_: unknown, command: Command) =>
      untilStopped(async (signal) => {
        const { openCluster } = await import('./open-parts.ts');
        return await openCluster(command.optsWithGlobals<ClusterOnlyOptions>(), signal);
      }),
    );
  sandbox
    .command('slack')
    .option(...PORT)
    .description('Start only the local Slack, for your own bot')
    .option('--request-url <url>', 'send signed HTTP requests to the bot at this URL, instead of Socket Mode')
    .action((_: unknown, command: Command) =>
      untilStopped(async (signal) => {
        const { openSlack } = await import('./open-parts.ts');
        return await openSlack(command.optsWithGlobals<SlackOnlyOptions>(), signal);
      }),
    );
  return sandbox;
}

const PORT = [
  '--port <n>',
  'port of the page (default: a free port)',
  wholeNumber(0, 65_535, 'a port number'),
] as const;

function withOptions(command: Command): Command {
  return withCluster(command)
    .option('--policy <file>', 'policy file of the bot (default: alice requests, bob approves)')
    .option('--files', 'give the app the scope files:write, so that plans also come as files')
    .option('--mentions', 'give the app the scopes for mentions and direct messages')
    .option('--http', 'send signed HTTP requests to the bot, instead of Socket Mode');
}

function withCluster(command: Command): Command {
  return command
    .option('--cluster <file>', 'YAML description of the simulated cluster')
    .option('--pace <n>', 'multiply every duration of the simulated cluster; 1 is real time (default: 0.05)', positive);
}
