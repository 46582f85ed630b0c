#!/usr/bin/env node
import { Command } from 'commander';
import { doctorCommand } from './commands/doctor.ts';
import { generatedCommands } from './commands/generated.ts';
import { offlineCommands } from './commands/offline.ts';
import { terminalCommands } from './commands/terminal.ts';
import { USAGE } from './commands/usage.ts';
import { botConfig } from './config/bot-config.ts';
import { fleetFiles } from './config/fleet-files.ts';
import { passwordIn } from './config/redis-url.ts';
import { workerConfig } from './config/worker-config.ts';
import { switchedBySignal } from './runtime/debug-signal.ts';
import { openLog } from './runtime/log.ts';
import { runProcess } from './runtime/run-process.ts';
import { VERSION } from './runtime/version.ts';

const program = new Command('registry-ha').description('Registry HA for MetalK8s as a Slack command').version(VERSION);

program
  .command('bot')
  .description('run the bot, which answers Slack')
  .requiredOption('--config <file>', 'YAML file; see examples/bot.yaml')
  .action(async ({ config: path }: { config: string }) => {
    const secrets: (string | undefined)[] = [];
    const log = openLog(process.env.REGISTRY_HA_LOG_LEVEL ?? 'info', 'registry-ha-bot', secrets);
    // Until it runs, it reads the files anyway; without a listener, the signal would end it.
    process.on('SIGHUP', () => undefined);
    await runProcess(async () => {
      const config = botConfig(path, process.env, { isStarting: true });
      const { startBot } = await import('./bot.ts');
      secrets.push(...Object.values(config.secrets), passwordIn(config.redis.url ?? ''));
      const files = fleetFiles(path, process.env);
      return await startBot(config, switchedBySignal(openLog(config.log.level, 'registry-ha-bot', secrets)), files);
    }, log);
  });

program
  .command('worker')
  .description('run the worker, which carries out approved changes on the bootstrap node')
  .requiredOption('--config <file>', 'YAML file; see examples/worker.yaml')
  .action(async ({ config: path }: { config: string }) => {
    const secrets: (string | undefined)[] = [];
    const log = openLog(process.env.REGISTRY_HA_LOG_LEVEL ?? 'info', 'registry-ha-worker', secrets);
    await runProcess(async () => {
      const config = workerConfig(path, process.env, { isStarting: true });
      const { startWorker } = await import('./worker.ts');
      const { redisPassword, sentinelPassword, redis, otlpHeaders } = config;
      secrets.push(redisPassword, sentinelPassword, passwordIn(redis.url ?? ''), ...Object.values(otlpHeaders));
      return await startWorker(config, switchedBySignal(openLog(config.log.level, 'registry-ha-worker', secrets)));
    }, log);
  });

offlineCommands(program);
terminalCommands(program, {
  ask: async (asked) => await (await import('./terminal.ts')).onTerminal(asked),
  change: async (asked) => await (await import('./terminal.ts')).changeOnTerminal(asked),
});
doctorCommand(program, {
  bot: async (asked) => await (await import('./doctor-bot.ts')).doctorOfBot(asked),
  worker: async (asked) => await (await import('./doctor-worker.ts')).doctorOfWorker(asked),
});
generatedCommands(program);

const SLACKS = 'Freezes, locks, why and help are commands in Slack: /registry-ha help';
// At the end: a command takes over what its parent has when it is added.
program
  .showHelpAfterError(`To list the commands: registry-ha --help. ${SLACKS}`)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE));

await program.parseAsync();
