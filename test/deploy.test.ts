import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const UNIT = readFileSync(new URL('../deploy/registry-ha-worker.service', import.meta.url), 'utf8');

/** RHEL and Rocky 8, the oldest system that MetalK8s supports. */
const OLDEST = 239;

/** The release of systemd with the first support of each setting, from its NEWS file; 0: older than NEWS says. */
const SINCE: Readonly<Record<string, number>> = {
  Description: 0,
  Documentation: 183,
  Wants: 0,
  After: 0,
  StartLimitIntervalSec: 230,
  ExecStart: 0,
  User: 0,
  Environment: 0,
  Restart: 0,
  RestartSec: 0,
  TimeoutStopSec: 188,
  StateDirectory: 235,
  StateDirectoryMode: 235,
  UMask: 0,
  ProtectSystem: 214,
  ReadWritePaths: 231,
  ProtectHome: 214,
  PrivateDevices: 209,
  CapabilityBoundingSet: 0,
  AmbientCapabilities: 229,
  NoNewPrivileges: 187,
  RestrictSUIDSGID: 242,
  KeyringMode: 235,
  RemoveIPC: 212,
  ProtectKernelTunables: 232,
  ProtectKernelModules: 232,
  ProtectKernelLogs: 244,
  ProtectControlGroups: 232,
  ProtectClock: 245,
  ProtectHostname: 242,
  RestrictNamespaces: 233,
  RestrictRealtime: 231,
  LockPersonality: 235,
  SystemCallArchitectures: 209,
  SystemCallFilter: 187,
  SystemCallErrorNumber: 209,
  RestrictAddressFamilies: 211,
  WantedBy: 0,
};

/** Each takes something away from the worker. An older systemd logs that it does not know them, and starts the worker. */
const MAY_BE_IGNORED = ['RestrictSUIDSGID', 'ProtectKernelLogs', 'ProtectClock', 'ProtectHostname'];

const settings = UNIT.split('\n').flatMap((line) => /^([A-Z]\w+)=/.exec(line)?.[1] ?? []);

describe('the worker’s unit', () => {
  it('has only settings that systemd 239 knows, or may ignore without another meaning', () => {
    const unknown = settings.filter((name) => SINCE[name] === undefined);
    expect(unknown, 'look up in NEWS since when').toEqual([]);
    const newer = settings.filter((name) => (SINCE[name] ?? 0) > OLDEST);
    expect(newer.toSorted()).toEqual(MAY_BE_IGNORED.toSorted());
  });

  it('names its password’s file by a path, not by %d or a credential, which systemd 239 does not know', () => {
    expect(UNIT).toMatch(/^Environment=REGISTRY_HA_REDIS_PASSWORD_FILE=\/\S+$/m);
    expect(UNIT).not.toMatch(/%d|Credential/);
    // `exec` came with 240.
    expect(UNIT).not.toMatch(/^Type=/m);
  });

  const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;
  it.skipIf(!hasAnalyze)('passes systemd-analyze verify (skipped without systemd-analyze)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'registry-ha-unit-'));
    const path = join(folder, 'registry-ha-worker.service');
    // The program is not installed here; the pages neither.
    writeFileSync(
      path,
      UNIT.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`).replace(/^Documentation=.*\n/m, ''),
    );
    const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8' });
    const said = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('registry-ha-worker'));
    rmSync(folder, { recursive: true });
    expect(said).toEqual([]);
  });
});

describe('install.sh', () => {
  const script = fileURLToPath(new URL('../deploy/install.sh', import.meta.url));

  it('is a script for every sh, and says how it is used', () => {
    expect(spawnSync('sh', ['-n', script]).status).toBe(0);
    const { status, stdout } = spawnSync('sh', [script, '--help'], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout).toContain('install.sh --uninstall --purge');
    expect(stdout).not.toContain('set -eu');
  });

  it.each([
    [['--what'], 'Unknown option --what.'],
    [['--purge'], '--purge is only for --uninstall.'],
    [['--root', '/no/such/folder'], '/no/such/folder is not a folder.'],
    [['--root'], '--root needs a folder.'],
  ])('refuses %j', (words, says) => {
    const { status, stderr } = spawnSync('sh', [script, ...words], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain(says);
  });
});
