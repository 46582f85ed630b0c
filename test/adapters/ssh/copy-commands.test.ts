import { describe, expect, it } from 'vitest';
import { render } from '../../../src/domain/command.ts';
import { digestIn, fileIn, folderOf, shownCopyCommands } from '../../../src/domain/copy-commands.ts';

const order = { path: '/my archives/a.iso', part: '/my archives/a.iso.part-c-1', hasher: 'openssl' } as const;

describe('what a plan shows of a copy', () => {
  it('is every changing command, in order, as it is sent', () => {
    expect(shownCopyCommands({ ...order, sudo: true }).map(render)).toEqual([
      "sudo -n mkdir -p -m 0755 -- '/my archives'",
      "sudo -n dd 'of=/my archives/a.iso.part-c-1' bs=1M oflag=append conv=notrunc,fdatasync status=none",
      "sudo -n chmod 0644 -- '/my archives/a.iso.part-c-1'",
      "sudo -n chown root:root -- '/my archives/a.iso.part-c-1'",
      "sudo -n mv -nT -- '/my archives/a.iso.part-c-1' '/my archives/a.iso'",
      "sudo -n sync -- '/my archives/a.iso' '/my archives'",
    ]);
  });

  it('does not depend on the hasher, and needs no chown where root logs in', () => {
    const shown = shownCopyCommands({ ...order, sudo: false });
    expect(shownCopyCommands({ ...order, sudo: false, hasher: 'sha256sum' })).toEqual(shown);
    expect(shown.map(({ program }) => program)).toEqual(['mkdir', 'dd', 'chmod', 'mv', 'sync']);
  });
});

describe('what looks answer', () => {
  const said = (exitCode: number | null, stdout: string, stderr = '') => fileIn({ exitCode, stdout, stderr });

  it('is a file, a directory, something else, nothing, or unknown', () => {
    expect(said(0, '5 81a4\n')).toEqual({ is: 'file', size: 5 });
    expect(said(0, '4096 41ed\n')).toEqual({ is: 'directory' });
    expect(said(0, '0 61b0\n')).toEqual({ is: 'other' });
    expect(said(1, '', 'stat: cannot statx: No such file or directory\n')).toEqual({ is: 'absent' });
    expect(said(1, '', 'stat: Permission denied\n')).toBeNull();
    expect(said(null, '', 'No such file or directory')).toBeNull();
    expect(said(0, 'nonsense')).toBeNull();
  });

  it('is a digest or none', () => {
    const hex = 'ab'.repeat(32);
    expect(digestIn(`${hex} */a\n`)).toBe(hex);
    expect(digestIn(`${hex}  /a\n`)).toBe(hex);
    expect(digestIn(`\\${hex}  /a\\nb\n`)).toBe(hex);
    expect(digestIn('ab */a\n')).toBeNull();
  });

  it('stands in a folder', () => {
    expect(folderOf('/a/b.iso')).toBe('/a');
    expect(folderOf('/b.iso')).toBe('/');
  });
});
