import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { type SimulatedCluster, startSimulatedCluster } from '../../../sandbox/cluster/simulated-cluster.ts';
import { PATIENCE_MS } from '../../fixtures/patience.ts';
import { removeFolder } from '../../harness/stage/own-folder.ts';

/** Output and exit code of a command. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  /** null if the connection ended before the command. */
  readonly code: number | null;
}

export interface Started extends AsyncDisposable {
  readonly cluster: SimulatedCluster;
  /** Runs one command line over a new connection. */
  run(node: string, line: string, stdin?: Buffer): Promise<Ran>;
  connect(node: string): Promise<ssh2.Client>;
  http(node: string, path: string, init?: RequestInit): Promise<Response>;
}

/** Starts a cluster in its own folder; the default cluster without `yaml`. */
export async function started(yaml?: string, pace = 0.01): Promise<Started> {
  const folder = await mkdtemp(join(tmpdir(), 'sim-cluster-'));
  const description = join(folder, 'described.yaml');
  if (yaml !== undefined) await writeFile(description, yaml);
  const options = { folder, pace, ...(yaml === undefined ? {} : { description }) };
  const cluster = await startSimulatedCluster(options).catch(async (cause: unknown) => {
    await removeFolder(folder);
    throw cause;
  });
  const broken: unknown[] = [];
  cluster.world.events.on('broken', (cause) => broken.push(cause));
  const connect = (node: string): Promise<ssh2.Client> => connected(cluster, node);
  return {
    cluster,
    connect,
    run: async (node, line, stdin) => {
      const client = await connect(node);
      try {
        return await exec(client, line, stdin);
      } finally {
        client.end();
      }
    },
    http: (node, path, init) =>
      fetch(`http://${nodeOf(cluster, node).ip}:8080${path}`, { redirect: 'manual', ...init }),
    async [Symbol.asyncDispose]() {
      await cluster.close();
      await removeFolder(folder);
      if (broken.length > 0) throw new AggregateError(broken, 'the simulated cluster broke');
    },
  };
}

/** A node by name; a wrong name fails the test. */
export function nodeOf(cluster: SimulatedCluster, name: string) {
  const node = cluster.world.nodes.get(name);
  if (node === undefined) throw new Error(`no node ${name}`);
  return node;
}

export function exec(client: ssh2.Client, line: string, stdin: Buffer = Buffer.alloc(0)): Promise<Ran> {
  return new Promise((resolve, reject) => {
    client.exec(line, (refused, channel) => {
      if (refused !== undefined) return reject(refused);
      const text = { out: '', err: '' };
      channel.on('data', (piece: Buffer) => {
        text.out += piece.toString();
      });
      channel.stderr.on('data', (piece: Buffer) => {
        text.err += piece.toString();
      });
      channel.on('close', (code: number | null | undefined) =>
        resolve({ stdout: text.out, stderr: text.err, code: code ?? null }),
      );
      channel.end(stdin);
    });
  });
}

/** Polls until the promise resolves to true; fails after the limit. */
export async function until(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  limitMs = PATIENCE_MS,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not in ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function connected(cluster: SimulatedCluster, name: string): Promise<ssh2.Client> {
  const node = nodeOf(cluster, name);
  const client = new ssh2.Client();
  return new Promise((resolve, reject) => {
    client.on('connect', () => client.setNoDelay(true));
    client.on('ready', () => resolve(client));
    client.on('error', reject);
    client.connect({
      host: node.ip,
      port: node.ssh.port,
      username: node.ssh.user,
      privateKey: readFileSync(join(cluster.bootstrapRoot, 'etc/metalk8s/pki/salt-bootstrap')),
      hostVerifier: () => true,
    });
  });
}
