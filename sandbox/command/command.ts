import { Command, InvalidArgumentError } from 'commander';
import { type ClusterOnlyOptions, openCluster, openSlack, type SlackOnlyOptions } from './open-parts.ts';
import { openSandbox } from './open-sandbox.ts';
import { runScenario, type ScenarioOptions } from './run-scenario.ts';
import { stopSignal } from './stop-signal.ts';

/** `npm run sandbox`, with `-- run [FILE]`, and its parts one by one for use against real things. */
export function sandboxCommand(): Command {
  const sandbox = withOptions(new Command('npm run sandbox --'))
    .description('a whole little world on loopback: a local Slack, a simulated cluster, Redis, bot and worker')
    .enablePositionalOptions()
    .option('--port <n>', 'port of the page; a free one when left out', wholeNumber)
    .action((options: ScenarioOptions) => exitWith((signal) => openSandbox(options, signal)));
  withOptions(sandbox.command('run'))
    .description('play a scenario; the exit code is 0 only if everything in it came true')
    .argument('[file]', 'the scenario; standard input when left out')
    .option('--json', 'print, as the last line, what was seen as one JSON object')
    .action((file: string | undefined, _: unknown, command: Command) =>
      exitWith((signal) => runScenario(file, command.optsWithGlobals<ScenarioOptions>(), signal)),
    );
  sandbox
    .command('cluster')
    .description('only the simulated cluster, for a worker, kubectl or ssh of your own')
    .option('--exec-on-host', 'commands sent into the salt-master pod run on this computer, for driving a real Salt')
    .action((_: unknown, command: Command) =>
      exitWith((signal) => openCluster(command.optsWithGlobals<ClusterOnlyOptions>(), signal)),
    );
  sandbox
    .command('slack')
    .description('only the local Slack, for a bot of your own')
    .option('--request-url <url>', 'call the bot there by signed HTTP, instead of Socket Mode')
    .action((_: unknown, command: Command) =>
      exitWith((signal) => openSlack(command.optsWithGlobals<SlackOnlyOptions>(), signal)),
    );
  return sandbox;
}

function withOptions(command: Command): Command {
  return command
    .option('--cluster <file>', 'YAML description of the simulated cluster')
    .option('--policy <file>', 'policy file of the bot; left out: alice asks, bob approves')
    .option('--pace <n>', 'multiplies every duration of the simulated cluster; 1 is the real thing', positive)
    .option('--http', 'Slack calls the bot by signed HTTP, instead of Socket Mode');
}

/** Runs until it ends or is told to, closes everything, and leaves with the exit code. */
async function exitWith(run: (signal: AbortSignal) => Promise<number>): Promise<void> {
  const stop = stopSignal();
  try {
    process.exitCode = await run(stop.signal);
  } finally {
    stop.dispose();
  }
}

function positive(word: string): number {
  const number = Number(word);
  if (Number.isFinite(number) && number > 0) return number;
  throw new InvalidArgumentError('It must be a number greater than 0.');
}

function wholeNumber(word: string): number {
  const number = Number(word);
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
  throw new InvalidArgumentError('It must be a port number.');
}
