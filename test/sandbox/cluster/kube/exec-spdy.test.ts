import { afterEach, beforeEach, expect, test } from 'vitest';
import { controlFrame, dataFrame, FrameReader, PING } from '../../../../sandbox/cluster/kube/exec/spdy/frames.ts';
import { HeaderBlocks } from '../../../../sandbox/cluster/kube/exec/spdy/headers.ts';
import { type Kubernetes, startKubernetes } from '../../../../sandbox/cluster/kube/kube-api.ts';
import { type StandIn, standIn } from '../acts-stand-in.ts';
import { execOverSpdy } from './spdy-client.ts';

let cluster: StandIn;
let kube: Kubernetes;
beforeEach(async () => {
  cluster = await standIn();
  kube = await startKubernetes(cluster.world, cluster.acts, { folder: cluster.folder });
});
afterEach(async () => {
  await kube.close();
  await cluster.close();
});

test('runs a command for a kubectl before 1.31, with its output and exit code on streams of their own', async () => {
  const ping = await execOverSpdy(kube.kubeconfigPath, ['salt', '-L', 'node-1', 'test.ping', '--out=json']);
  expect(ping.said.stdout).toBe('{\n    "node-1": true\n}\n');
  expect(JSON.parse(ping.said.error ?? '')).toMatchObject({ status: 'Success' });
  expect(ping.frames).toEqual(['reply', 'reply', 'reply', 'reply', 'goaway']);
  const none = await execOverSpdy(kube.kubeconfigPath, ['salt', 'nosuch*', 'test.ping', '--out=json']);
  expect(none.said.stderr).toBe('ERROR: No return received\n');
  expect(JSON.parse(none.said.error ?? '').details.causes[0]).toEqual({ reason: 'ExitCode', message: '2' });
});

test('ends without any status when containerd restarts', async () => {
  const argv = ['salt', 'bootstrap', 'state.sls', 'metalk8s.container-engine', 'saltenv=metalk8s-128.0.1'];
  const ended = await execOverSpdy(kube.kubeconfigPath, argv);
  expect(ended.said.error).toBeUndefined();
  expect(ended.frames).not.toContain('goaway');
});

test('refuses clients whose protocols have no exit codes', async () => {
  const asked = execOverSpdy(kube.kubeconfigPath, ['salt-run', 'manage.up'], { protocols: 'channel.k8s.io' });
  await expect(asked).rejects.toThrow('403');
});

test('compresses headers with the dictionary of SPDY/3, whose checksum every client checks', async () => {
  const blocks = new HeaderBlocks();
  const block = await blocks.pack(new Map([['streamtype', 'error']]));
  // A zlib stream names its dictionary by Adler-32 behind two bytes (RFC 1950, 2.2).
  expect(block.readUInt32BE(2).toString(16)).toBe('e3c6a7c2');
  expect([...(await blocks.unpack(block))]).toEqual([['streamtype', 'error']]);
  const next = await blocks.pack(new Map([['StreamType', 'stdin']]));
  expect([...(await blocks.unpack(next))]).toEqual([['streamtype', 'stdin']]);
  blocks.close();
});

test('reads frames however the network cuts them', () => {
  const bytes = Buffer.concat([controlFrame(PING, Buffer.from([0, 0, 0, 7])), dataFrame(5, Buffer.from('ab'), true)]);
  const reader = new FrameReader();
  const frames = [...bytes].flatMap((byte) => reader.read(Buffer.from([byte])));
  expect(frames).toEqual([
    { is: 'control', type: PING, isLast: false, bytes: Buffer.from([0, 0, 0, 7]) },
    { is: 'data', stream: 5, isLast: true, bytes: Buffer.from('ab') },
  ]);
});
