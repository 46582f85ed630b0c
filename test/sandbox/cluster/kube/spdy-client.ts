import { once } from 'node:events';
import { type RequestOptions, request } from 'node:https';
import type { Duplex } from 'node:stream';
import { KubeConfig } from '@kubernetes/client-node';
import {
  controlFrame,
  dataFrame,
  FrameReader,
  GOAWAY,
  SYN_REPLY,
  SYN_STREAM,
} from '../../../../sandbox/cluster/kube/exec/spdy/frames.ts';
import { HeaderBlocks } from '../../../../sandbox/cluster/kube/exec/spdy/headers.ts';

/** What arrived on each stream until the connection closed, and the control frames of the server in order. */
export interface SpdyEnded {
  readonly said: Readonly<Record<string, string>>;
  readonly frames: readonly string[];
}

const NAMES: Readonly<Record<number, string>> = { [SYN_REPLY]: 'reply', [GOAWAY]: 'goaway' };

/** Runs a command as kubectl before 1.31 does: streams for errors, stdin, stdout and stderr with odd numbers. Throws the refusal's text. */
export async function execOverSpdy(
  kubeconfig: string,
  argv: readonly string[],
  { stdin = '', protocols = 'v4.channel.k8s.io, v3.channel.k8s.io' } = {},
): Promise<SpdyEnded> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const options: RequestOptions = {
    method: 'POST',
    headers: { connection: 'Upgrade', upgrade: 'SPDY/3.1', 'x-stream-protocol-version': protocols },
  };
  await config.applyToHTTPSOptions(options);
  const query = new URLSearchParams({ container: 'salt-master', stdin: 'true', stdout: 'true', stderr: 'true' });
  for (const word of argv) query.append('command', word);
  const server = config.getCurrentCluster()?.server ?? '';
  const path = '/api/v1/namespaces/kube-system/pods/salt-master-bootstrap/exec';
  const call = request(`${server}${path}?${query}`, options).end();
  const socket = await new Promise<Duplex>((resolve, reject) => {
    call.on('error', reject).on('upgrade', (_response, upgraded) => resolve(upgraded));
    call.on('response', (response) => reject(new Error(`${response.statusCode}`)));
  });
  return await talk(socket, stdin);
}

async function talk(socket: Duplex, stdin: string): Promise<SpdyEnded> {
  const blocks = new HeaderBlocks();
  const reader = new FrameReader();
  const said: Record<string, string> = {};
  const frames: string[] = [];
  const streams = ['error', 'stdin', 'stdout', 'stderr'];
  socket.on('data', (bytes: Buffer) => {
    for (const frame of reader.read(bytes)) {
      if (frame.is === 'control') frames.push(NAMES[frame.type] ?? `type ${frame.type}`);
      else {
        const name = streams[(frame.stream - 1) / 2] ?? `stream ${frame.stream}`;
        said[name] = (said[name] ?? '') + frame.bytes.toString();
      }
    }
  });
  const closed = once(socket, 'close');
  for (const [at, name] of streams.entries()) {
    const head = Buffer.alloc(10);
    head.writeUInt32BE(2 * at + 1, 0);
    const block = await blocks.pack(new Map([['streamtype', name]]));
    socket.write(controlFrame(SYN_STREAM, Buffer.concat([head, block])));
  }
  socket.write(dataFrame(3, Buffer.from(stdin), true));
  await closed;
  blocks.close();
  return { said, frames };
}
