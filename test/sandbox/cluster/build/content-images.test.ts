import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { contentImage } from '../../../../sandbox/cluster/build/content-images.ts';

const sha256 = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

it('an image of the sandbox has layers that a container engine unpacks: gzipped tars with the digests of its configuration', () => {
  const [config, ...layers] = contentImage('metalk8s-128.0.1', 'nginx:1.27').blobs;
  const { rootfs } = JSON.parse(config?.bytes.toString() ?? '');
  expect(layers.map(({ bytes }) => sha256(gunzipSync(bytes)))).toEqual(rootfs.diff_ids);
  for (const [at, { bytes }] of layers.entries()) {
    const { status, stdout, stderr } = spawnSync('tar', ['-tvzf', '-'], {
      input: bytes,
      encoding: 'utf8',
      env: { ...process.env, TZ: 'UTC' },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^-rw-r--r-- 0/0 +\\d+ 1970-01-01 .* usr/share/nginx-${at}\n$`));
  }
});
