import { Agent, type RequestOptions } from 'node:https';
import { PassThrough } from 'node:stream';
import type { Exec, KubeConfig } from '@kubernetes/client-node';
import { Unreachable } from '../../domain/answers/failure.ts';
import { API, loadKubeconfig } from './kubeconfig.ts';

/** The client package's WebSocket client, which it exposes only through `Exec`. */
type WebSockets = Exec['handler'];

/** A connection to the API server of a kubeconfig. */
export interface Connection {
  readonly server: string;
  /** Certificates, token and proxy of a request. */
  requestOptions(): Promise<RequestOptions>;
  /** A WebSocket client whose handshake the signal aborts. */
  webSockets(handshake: AbortSignal): WebSockets;
}

/** Reads the kubeconfig each time, because MetalK8s renews its certificate. Loads the client late: it takes most of a second. */
export async function connection(kubeconfigPath: string): Promise<Connection> {
  const client = await import('@kubernetes/client-node');
  const config = new client.KubeConfig();
  await loadKubeconfig(config, kubeconfigPath);
  const server = serverOf(config, kubeconfigPath);
  return {
    server,
    requestOptions: () => optionsOf(config, kubeconfigPath),
    webSockets: (handshake) =>
      Object.assign(new client.Exec(abortable(config, handshake)).handler, { streams: noStreams() }),
  };
}

function serverOf(config: KubeConfig, path: string): string {
  const server = config.getCurrentCluster()?.server;
  if (server !== undefined && URL.canParse(server)) return server.replace(/\/+$/, '');
  throw new Unreachable(API, 'kubernetes', `The kubeconfig ${path} names no server for its current context.`);
}

async function optionsOf(config: KubeConfig, path: string): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
    // Node's own agent keeps connections, apart by their certificates. The package's opens one per request; a proxy needs its agent.
    if (options.agent instanceof Agent && options.agent.constructor === Agent) delete options.agent;
    return options;
  } catch (cause) {
    throw new Unreachable(API, 'kubernetes', `The kubeconfig ${path} has credentials that cannot be used.`, { cause });
  }
}

/** The WebSocket client takes options only from the kubeconfig, so this adds the signal there. */
function abortable(config: KubeConfig, signal: AbortSignal): KubeConfig {
  return Object.assign(Object.create(config), {
    async applyToHTTPSOptions(options: RequestOptions) {
      await config.applyToHTTPSOptions(options);
      options.signal = signal;
    },
  });
}

/** The package's default is the worker's stdin and stdout, which a server could close. */
function noStreams(): { stdin: PassThrough; stdout: PassThrough; stderr: PassThrough } {
  return { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
}
