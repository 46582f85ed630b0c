import { createHash, randomFillSync } from 'node:crypto';
import { createServer } from 'node:http';

/** A registry of MetalK8s' layout in a process of its own: `node registry.ts IMAGES LAYERS MIB`. Prints its port as JSON. */
const [images = 0, layers = 0, mib = 0] = process.argv.slice(2).map(Number);
const MIB = 2 ** 20;
/** Sent again and again, so that the server costs as little as possible. */
const layer = randomFillSync(Buffer.alloc(mib * MIB));
const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const config = Buffer.from('{}');
const blobs = new Map([
  [digestOf(layer), layer],
  [digestOf(config), config],
]);
const described = (bytes: Buffer) => ({ digest: digestOf(bytes), size: bytes.length });

/** Layers of an image have different digests in the world; here they are the same bytes with a tail of their own. */
const tails = Array.from({ length: images * layers }, (_, at) => {
  const bytes = Buffer.concat([layer.subarray(0, layer.length - 8), Buffer.alloc(8, at + 1)]);
  const digest = digestOf(bytes);
  return { digest, size: bytes.length, tail: bytes.subarray(bytes.length - 8) };
});
const tailOf = new Map(tails.map((one) => [one.digest, one.tail]));
const manifests = Array.from({ length: images }, (_, at) =>
  JSON.stringify({
    schemaVersion: 2,
    config: described(config),
    layers: tails.slice(at * layers, (at + 1) * layers).map(({ digest, size }) => ({ digest, size })),
  }),
);

const server = createServer((request, response) => {
  const [, image = '', kind, reference = ''] =
    /^\/v2\/bench\/image-(\d+)\/(manifests|blobs)\/(.+)$/.exec(request.url ?? '') ?? [];
  const tail = tailOf.get(reference);
  if (kind === 'manifests') response.end(manifests[Number(image)]);
  else if (tail !== undefined) {
    response.writeHead(200, { 'content-length': layer.length });
    response.write(layer.subarray(0, layer.length - 8));
    response.end(tail);
  } else response.end(blobs.get(reference));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  process.stdout.write(`${JSON.stringify({ port, digests: tails.map(({ digest }) => digest) })}\n`);
});
