import { describe, expect, it } from 'vitest';
import { fileSystemIn, fstabIn, isListening, mountsIn } from '../../../src/adapters/node/parse.ts';

describe('free space', () => {
  it.each([
    ['a file system', '     Avail   1B-blocks Mounted on\n84379684864 270553174016 /\n', 84379684864, '/'],
    ['a name with a space', '  Avail 1B-blocks Mounted on\n0 5 /srv/my disk\n', 0, '/srv/my disk'],
  ])('is read from df: %s', (_, stdout, available, mountpoint) => {
    expect(fileSystemIn(stdout)).toEqual({ mountpoint, available });
  });

  it('is unknown, not zero, for any other output', () => {
    expect(fileSystemIn('Avail 1B-blocks Mounted on\n- - /\n')).toBeNull();
    expect(fileSystemIn('')).toBeNull();
  });
});

describe('ISO mounts', () => {
  const findmnt = JSON.stringify({
    filesystems: [
      { target: '/srv/scality/metalk8s-128.0.1', source: '/dev/loop0', fstype: 'iso9660', options: 'ro,relatime' },
      { target: '/srv/scality/a-1', source: '/dev/loop1', fstype: 'iso9660', options: 'ro' },
      { target: '/srv/scality/b-1', source: '/dev/loop8', fstype: 'iso9660', options: 'ro' },
      { target: '/srv/scality/c-1', source: '/dev/loop9', fstype: 'iso9660', options: 'ro' },
    ],
  });
  const losetup = JSON.stringify({
    loopdevices: [
      { name: '/dev/loop0', 'back-file': '/archives/metalk8s.iso' },
      { name: '/dev/loop1', 'back-file': '/archives/a.iso', 'back-ino': 2999669, 'back-maj:min': '     254:0  ' },
      { name: '/dev/loop7', 'back-file': null },
      { name: '/dev/loop8', 'back-file': '/b.iso', 'back-ino': ' 7', 'back-maj:min': '8:259' },
    ],
  });

  it('include the file behind the loop device', () => {
    expect(mountsIn(findmnt, losetup)).toEqual([
      { mountpoint: '/srv/scality/metalk8s-128.0.1', backingFile: '/archives/metalk8s.iso', identity: null },
      // makedev(254, 0) and makedev(8, 259), as stat prints them.
      { mountpoint: '/srv/scality/a-1', backingFile: '/archives/a.iso', identity: '65024:2999669' },
      { mountpoint: '/srv/scality/b-1', backingFile: '/b.iso', identity: `${8 * 256 + 3 + 2 ** 20}:7` },
      { mountpoint: '/srv/scality/c-1', backingFile: '/dev/loop9', identity: null },
    ]);
  });

  it('are none when both programs find nothing', () => {
    expect(mountsIn('', '')).toEqual([]);
    expect(mountsIn('{"filesystems": []}', '{"loopdevices": []}')).toEqual([]);
  });

  it('throw for any other output', () => {
    expect(() => mountsIn('{"mounts": []}', '')).toThrow();
    expect(() => mountsIn('findmnt: oops', '')).toThrow();
  });
});

describe('fstab', () => {
  it('is read as mount reads it: comments, blanks, escapes', () => {
    const text =
      '# /etc/fstab\n\nUUID=1 / xfs defaults 0 0\n/a\\040b.iso\t/srv/scality/a\\011c iso9660 ro,nofail 0 0\nhalf\n';
    expect(fstabIn(text)).toEqual([
      { backingFile: 'UUID=1', mountpoint: '/' },
      { backingFile: '/a b.iso', mountpoint: '/srv/scality/a\tc' },
    ]);
  });
});

it('reads the broken line that Salt writes for a blank in the path', () => {
  const line = '/my isos/a.iso\t\t/srv/scality/a\tiso9660\tro,nofail\t0 0\n';
  expect(fstabIn(line)).toEqual([{ backingFile: '/my isos/a.iso', mountpoint: '/srv/scality/a' }]);
});

describe('the registry port', () => {
  const line = (local: string) => `LISTEN 0      511    ${local}      0.0.0.0:*\n`;
  it.each([
    ['the same address', line('10.0.0.3:8080'), true],
    ['every IPv4 address', line('0.0.0.0:8080'), true],
    ['every address', line('*:8080'), true],
    ['every IPv6 address', line('[::]:8080'), true],
    ['the same address on an interface', line('10.0.0.3%eth0:8080'), true],
    ['every address of an interface', line('0.0.0.0%eth0:8080'), true],
    ['another address', line('127.0.0.1:8080'), false],
    ['another port', line('10.0.0.3:80'), false],
    ['a port that ends alike', line('10.0.0.3:18080'), false],
    ['nobody', '', false],
  ])('listened on by %s', (_, ss, expected) => {
    expect(isListening(line('0.0.0.0:22') + ss, '10.0.0.3:8080')).toBe(expected);
  });
});
