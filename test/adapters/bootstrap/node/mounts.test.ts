import { expect, test } from 'vitest';
import { isoLines } from '../../../../src/adapters/bootstrap/node/mounts.ts';

test.each([
  [
    'a mount of MetalK8s',
    '36 35 7:1 / /srv/scality/metalk8s-128.0.1 ro,relatime shared:9 - iso9660 /dev/loop1 ro',
    [{ id: 'metalk8s-128.0.1', source: '/dev/loop1' }],
  ],
  [
    'no optional fields',
    '36 35 7:1 / /srv/scality/a ro - iso9660 /dev/loop12 ro',
    [{ id: 'a', source: '/dev/loop12' }],
  ],
  [
    'many optional fields',
    '36 35 7:1 / /srv/scality/a ro shared:1 master:2 propagate_from:3 - iso9660 /dev/loop1 ro',
    [{ id: 'a', source: '/dev/loop1' }],
  ],
  [
    'a blank in the name',
    '36 35 7:1 / /srv/scality/a\\040b ro - iso9660 /dev/loop1 ro',
    [{ id: 'a b', source: '/dev/loop1' }],
  ],
  ['a CD elsewhere', '36 35 11:0 / /media/cdrom ro - iso9660 /dev/sr0 ro', []],
  ['a folder below', '36 35 7:1 / /srv/scality/a/b ro - iso9660 /dev/loop1 ro', []],
  ['another file system', '36 35 0:5 / /srv/scality/a rw - tmpfs tmpfs rw', []],
  ['nothing', '', []],
])('reads the mount table: %s', (_, table, wanted) => {
  expect(isoLines(table)).toEqual(wanted);
});
