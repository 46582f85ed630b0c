import { once } from 'node:events';
import { breakingOf, exampleNode } from '../breaking/breaking.ts';
import { type CommandOptions, sandboxOptions, startOrSay } from './options.ts';

/** Runs the sandbox for people: prints the page's address and the first steps, and waits until it is stopped. */
export async function openSandbox(options: CommandOptions, signal: AbortSignal): Promise<number> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  say('Starting Redis, a local Slack, a simulated MetalK8s cluster, a bot and a worker…');
  const sandbox = await startOrSay(sandboxOptions(options, say, signal), say);
  if (sandbox === null) return signal.aborted ? 0 : 1;
  sandbox.slack.offer(breakingOf(sandbox, signal));
  const bootstrap = sandbox.cluster.world.bootstrap.name;
  const nodes = [...sandbox.cluster.world.nodes.keys()].filter((name) => name !== bootstrap);
  say(`
The sandbox is ready. Open this page:

    ${sandbox.slack.pageUrl}

  1. As alice, type:    /registry-ha add ${exampleNode(nodes) ?? 'NODE'}
  2. As bob, click:     Approve
  3. Watch the card and its thread. “Break something” breaks a part of the world meanwhile.

Logs and configuration: ${sandbox.folder}
Press Ctrl-C to stop and remove everything.`);
  if (!signal.aborted) await once(signal, 'abort');
  say('\nStopping…');
  await sandbox.close();
  return 0;
}
