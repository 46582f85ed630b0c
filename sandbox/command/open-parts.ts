import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SimulatedCluster, startSimulatedCluster } from '../cluster/simulated-cluster.ts';
import { OPS, PEOPLE } from '../people.ts';
import { MANIFEST } from '../sandbox.ts';
import { startLocalSlack } from '../slack/local-slack.ts';

type Say = (line: string) => void;

const say: Say = (line) => void process.stdout.write(`${line}\n`);

export interface ClusterOnlyOptions {
  readonly cluster?: string;
  readonly pace?: number;
  /** Runs commands for the salt-master pod on this computer, to use a real Salt. */
  readonly execOnHost?: boolean;
}

/** Runs the simulated cluster alone, for your own worker, kubectl or ssh, until it is stopped. */
export async function openCluster(
  { cluster: description, pace, execOnHost }: ClusterOnlyOptions,
  signal: AbortSignal,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-ha-cluster-'));
  try {
    const cluster = await startSimulatedCluster({
      folder,
      execOnHost: execOnHost === true,
      ...(description === undefined ? {} : { description }),
      ...(pace === undefined ? {} : { pace }),
    });
    tellOf(cluster, execOnHost === true);
    if (!signal.aborted) await once(signal, 'abort');
    await cluster.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return 0;
}

function tellOf({ world, bootstrapRoot, kubeconfigPath }: SimulatedCluster, execOnHost: boolean): void {
  const key = join(bootstrapRoot, 'etc/metalk8s/pki/salt-bootstrap');
  say(`The simulated cluster is ready. For your own worker, in its worker.yaml:

    root: ${bootstrapRoot}

For kubectl:  --kubeconfig ${kubeconfigPath}
For ssh:      -i ${key}`);
  for (const { name, ip, ssh } of world.nodes.values()) {
    say(`    ${name.padEnd(12)} ssh -p ${ssh.port} ${ssh.user}@${ip}   registry http://${ip}:${world.registryPort}/`);
  }
  if (execOnHost) say('Commands for the salt-master pod run on THIS computer, as your user.');
  say('Press Ctrl-C to stop and remove it.');
}

export interface SlackOnlyOptions {
  readonly port?: number;
  /** Where to send signed requests; without it, Socket Mode is used. */
  readonly requestUrl?: string;
}

/** Runs the local Slack alone, for your own bot, until it is stopped. */
export async function openSlack({ port, requestUrl }: SlackOnlyOptions, signal: AbortSignal): Promise<number> {
  const slack = await startLocalSlack({
    manifestPath: MANIFEST,
    people: PEOPLE,
    channel: OPS,
    delivery: requestUrl === undefined ? { mode: 'socket' } : { mode: 'http', requestUrl },
    ...(port === undefined ? {} : { port }),
  });
  say(`The local Slack is ready: ${slack.pageUrl}

For your own bot, in its environment:

    REGISTRY_HA_SLACK_API_URL=${slack.apiUrl}
    REGISTRY_HA_SLACK_BOT_TOKEN=${slack.botToken}
    REGISTRY_HA_SLACK_APP_TOKEN=${slack.appToken}
    REGISTRY_HA_SLACK_SIGNING_SECRET=${slack.signingSecret}

In its bot.yaml, use the channel ${OPS.id}. In its policy.yaml, use these user IDs: ${PEOPLE.map(({ id, title }) => `${id} (${title})`).join(', ')}.
Press Ctrl-C to stop it.`);
  if (!signal.aborted) await once(signal, 'abort');
  await slack.close();
  return 0;
}
