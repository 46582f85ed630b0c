import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { host } from '../../../src/adapters/health/host.ts';

const bin = mkdtempSync(join(tmpdir(), 'registry-ha-host-'));
afterAll(() => rmSync(bin, { recursive: true }));

/** A systemctl that prints this. */
const systemctl = (...lines: readonly string[]): void => program('systemctl', lines);

function program(name: string, lines: readonly string[]): void {
  const path = join(bin, name);
  writeFileSync(path, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(path, 0o755);
}

const here = host({ PATH: bin });

describe('the computer of a process', () => {
  it('says the state of a unit, also of one that is not there', async () => {
    systemctl('test "$3" = registry-ha-worker.service || exit 9');
    expect(await here.unit('registry-ha-worker.service')).toBeNull();
    systemctl('echo LoadState=loaded; echo ActiveState=active; echo UnitFileState=enabled');
    expect(await here.unit('a.service')).toEqual({ load: 'loaded', active: 'active', file: 'enabled' });
    systemctl('echo LoadState=not-found; echo ActiveState=inactive; echo UnitFileState=');
    expect(await here.unit('a.service')).toEqual({ load: 'not-found', active: 'inactive', file: '' });
  });

  it('does not know it where systemd does not answer', async () => {
    systemctl('echo "System has not been booted with systemd as init system" >&2; exit 1');
    expect(await here.unit('a.service')).toBeNull();
    expect(await host({ PATH: '/no/such/folder' }).unit('a.service')).toBeNull();
  });

  it('says its system, its glibc and its systemd', async () => {
    systemctl('echo "systemd 252 (252.39-1~deb12u1)"; echo "+PAM +AUDIT"');
    program('getconf', ['test "$1" = GNU_LIBC_VERSION && echo "glibc 2.28"']);
    const { name, glibc, systemd } = await here.system();
    const [, pretty] = /^PRETTY_NAME="(.+)"$/m.exec(readFileSync('/etc/os-release', 'utf8')) ?? [];
    expect([name, glibc, systemd]).toEqual([pretty, '2.28', 252]);
    program('getconf', ['echo undefined']);
    expect((await here.system()).glibc).toBeNull();
  });

  it('does not know the version of a systemd that does not say it, or is not there', async () => {
    systemctl('exit 1');
    expect((await here.system()).systemd).toBeNull();
    systemctl('echo "System has not been booted"');
    expect((await here.system()).systemd).toBeNull();
    expect((await host({ PATH: '/no/such/folder' }).system()).systemd).toBeNull();
  });

  it('says which programs are missing on the PATH; a file that nobody may run is none', async () => {
    writeFileSync(join(bin, 'plain'), '', { mode: 0o644 });
    systemctl('');
    expect(await here.lacking(['systemctl', 'plain', 'ssh'])).toEqual(['plain', 'ssh']);
  });

  it('says what is free in a folder; a folder that is not there has no answer', async () => {
    expect(await here.freeIn(bin)).toBeGreaterThan(0);
    expect(await here.freeIn(join(bin, 'none'))).toBeNull();
  });
});
