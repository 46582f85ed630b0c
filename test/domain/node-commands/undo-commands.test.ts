import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dropFromFstab } from '../../../src/domain/node-commands/undo-commands.ts';

describe('the script that removes a line from /etc/fstab, in a real shell', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fstab-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const fstab = () => join(folder, 'fstab');

  function drop(device: string, mountpoint: string): void {
    const { program, args } = dropFromFstab(device, mountpoint);
    const here = args.map((word) => (word.includes('\n') ? word.replaceAll('/etc', folder) : word));
    const { status, stderr } = spawnSync(program, here, { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  }

  const ROOT = '/dev/mapper/rl-root  /   xfs\tdefaults 0 0';
  const OWN = '/srv/a.iso\t\t/srv/scality/a-1\tiso9660\tro,nofail\t0 0';

  it('keeps every other line, its spaces and the mode of the file, and leaves no extra file', () => {
    const others = [
      '# by hand: /srv/a.iso /srv/scality/a-1',
      ROOT,
      '/srv/a.iso /mnt iso9660 ro 0 0',
      '',
      'x /srv/scality/a-1 iso9660 ro 0 0',
    ];
    writeFileSync(fstab(), [...others.slice(0, 2), OWN, ...others.slice(2), ''].join('\n'));
    chmodSync(fstab(), 0o640);
    drop('/srv/a.iso', '/srv/scality/a-1');
    expect(readFileSync(fstab(), 'utf8').split('\n')).toEqual([...others, '']);
    expect(statSync(fstab()).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['fstab']);
  });

  it('handles spaces and backslashes in names, and treats names as plain text', () => {
    const odd = '/srv/my\\040\\134isos/a.*.iso\t\t/srv/scality/a-1\tiso9660\tro,nofail\t0 0';
    writeFileSync(fstab(), `${odd}\n${OWN}\n`);
    drop('/srv/my \\isos/a.*.iso', '/srv/scality/a-1');
    expect(readFileSync(fstab(), 'utf8')).toBe(`${OWN}\n`);
  });

  it('removes the broken line that Salt writes for a blank or a backslash in the path', () => {
    const broken = '/srv/my \\isos/a.iso\t\t/srv/scality/a-1\tiso9660\tro,nofail\t0 0';
    const other = '/srv/my \\isos/a.iso2\t\t/srv/scality/a-1\tiso9660\tro,nofail\t0 0';
    writeFileSync(fstab(), `${broken}\n${other}\n${OWN}\n`);
    drop('/srv/my \\isos/a.iso', '/srv/scality/a-1');
    expect(readFileSync(fstab(), 'utf8')).toBe(`${other}\n${OWN}\n`);
  });

  it('changes nothing if the line is already gone', () => {
    writeFileSync(fstab(), `${ROOT}\n`);
    drop('/srv/a.iso', '/srv/scality/a-1');
    expect(readFileSync(fstab(), 'utf8')).toBe(`${ROOT}\n`);
  });
});
