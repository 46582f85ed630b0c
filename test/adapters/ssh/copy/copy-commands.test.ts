import { describe, expect, it } from 'vitest';
import type { Command } from '../../../../src/domain/node-commands/command.ts';
import { digestIn, fileIn, folderOf, shownCopyCommands } from '../../../../src/domain/node-commands/copy-commands.ts';
import * as scripts from '../../../../src/domain/node-commands/copy-scripts.ts';
import {
  FINISH_SCRIPT,
  HASH_SCRIPT,
  REBUILD_SCRIPT,
  RECEIVE_SCRIPT,
  REREAD_SCRIPT,
  SEE_SCRIPT,
} from '../../../../src/domain/node-commands/copy-scripts.ts';
import { exit } from '../../../../src/domain/node-commands/ended.ts';
import { GUARD } from '../../../../src/domain/node-commands/way-scripts.ts';

const order = { path: '/my archives/a.iso', part: '/my archives/a.iso.part-c-1', size: 5 } as const;
const scriptOf = ({ args }: Command): string => args[args.indexOf('-c') + 1] ?? '';

it('every script that tells a file’s identity prints its times with a point, whatever the locale of the login', () => {
  const telling = Object.entries(scripts).filter(([, text]) => typeof text === 'string' && text.includes('%.9Y'));
  const named = telling.flatMap(([name, text]) => (name.endsWith('_SCRIPT') ? [{ name, text: String(text) }] : []));
  expect(named.map(({ name }) => name).toSorted()).toEqual(['FINISH_SCRIPT', 'SEE_SCRIPT']);
  const local = named.filter(({ text }) => !/^export LC_ALL=C$/m.test(text.slice(0, text.indexOf('%.9Y'))));
  expect(local.map(({ name }) => name)).toEqual([]);
});

describe('the commands of a copy', () => {
  it('are all changing commands in order, with each path as its own argument', () => {
    const shown = shownCopyCommands({ ...order, sudo: true });
    for (const { program, args } of shown) expect([program, ...args.slice(0, 3)]).toEqual(['sudo', '-n', 'sh', '-c']);
    expect(shown.map((one) => one.args.slice(4))).toEqual([
      ['sh', GUARD, '/my archives/a.iso.part-c-1', '0', '5', 'root:root'],
      ['sh', GUARD, '/my archives/a.iso', '/my archives/a.iso.part-c-1', 'root:root'],
    ]);
    expect(shown.map(scriptOf)).toEqual([RECEIVE_SCRIPT, FINISH_SCRIPT]);
  });

  it('include the seeded way and the plain way as a fallback', () => {
    const shown = shownCopyCommands({ ...order, sudo: false, seed: "/it's old.iso" });
    expect(shown.map(scriptOf)).toEqual([REBUILD_SCRIPT, RECEIVE_SCRIPT, FINISH_SCRIPT]);
    expect(shown[0]?.args.slice(2)).toEqual([
      'sh',
      GUARD,
      '/my archives/a.iso.part-c-1',
      '0',
      '5',
      '',
      "/it's old.iso",
    ]);
  });

  it('explain each script in its first line, and name no file in a script', () => {
    for (const script of [
      GUARD,
      RECEIVE_SCRIPT,
      REBUILD_SCRIPT,
      FINISH_SCRIPT,
      SEE_SCRIPT,
      HASH_SCRIPT,
      REREAD_SCRIPT,
    ]) {
      expect(script).toMatch(/^# [A-Z].*\.\n/);
      expect(script).not.toContain('/a.iso');
    }
  });

  it('explain each script without referring to another script', () => {
    for (const script of [RECEIVE_SCRIPT, REBUILD_SCRIPT, FINISH_SCRIPT])
      expect(script.split('\n')[0]).not.toMatch(/\b(above|below|like the)\b/i);
  });

  it('have no chown where root logs in', () => {
    expect(
      shownCopyCommands({ ...order, sudo: false })
        .at(-1)
        ?.args.at(-1),
    ).toBe('');
  });
});

describe('the answer of an inspection', () => {
  const said = (code: number, stdout: string, stderr = '') => fileIn({ ended: exit(code), stdout, stderr });

  it('is a file, a directory, something else, nothing, or unknown', () => {
    expect(said(0, '5 81a4 1:2:3:4\n')).toEqual({ is: 'file', size: 5, identity: '1:2:3:4' });
    expect(said(0, '4096 41ed 1:2:3:4\n')).toEqual({ is: 'directory' });
    expect(said(0, '0 61b0 1:2:3:4\n')).toEqual({ is: 'other' });
    expect(said(1, '', 'stat: cannot statx: No such file or directory\n')).toEqual({ is: 'absent' });
    expect(said(1, '', 'stat: Permission denied\n')).toBeNull();
    expect(fileIn({ ended: { is: 'connection-lost' }, stdout: '', stderr: 'No such file or directory' })).toBeNull();
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
