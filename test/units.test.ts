import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const unit = (name: string) => readFileSync(new URL(`../deploy/registry-ha-${name}.service`, import.meta.url), 'utf8');
const [UNIT, BOT] = [unit('worker'), unit('bot')];

/** RHEL and Rocky 8, the oldest system that MetalK8s supports. */
const OLDEST = 239;
/** The first release with %d, the folder of a service's credentials. */
const OLDEST_OF_BOT = 251;

/** The release of systemd with the first support of each setting, from its NEWS file; 0: older than NEWS says. */
const SINCE: Readonly<Record<string, number>> = {
  Description: 0,
  Documentation: 183,
  Wants: 0,
  After: 0,
  StartLimitIntervalSec: 230,
  ExecStart: 0,
  ExecReload: 0,
  DynamicUser: 235,
  LoadCredential: 247,
  PrivateTmp: 0,
  ProtectProc: 247,
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

const settingsOf = (text: string) => text.split('\n').flatMap((line) => /^([A-Z]\w+)=/.exec(line)?.[1] ?? []);

/** What systemd-analyze says against a unit. The program is not installed here; the pages neither. */
function verified(name: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'registry-ha-unit-'));
  const path = join(folder, `registry-ha-${name}.service`);
  const text = unit(name).replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`);
  writeFileSync(path, text.replace(/^Documentation=.*\n/m, ''));
  const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return `${stdout}${stderr}`.split('\n').filter((line) => line.includes(`registry-ha-${name}`));
}
const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;

describe('both units', () => {
  it('run Node of the bundle and the shell, which every system has: a minimal Debian lacks /bin/kill', () => {
    const runs = [UNIT, BOT].flatMap((text) => [...text.matchAll(/^Exec\w+=(\S+)/gm)].map(([, program]) => program));
    expect([...new Set(runs)].toSorted()).toEqual(['/bin/sh', '/opt/registry-ha/node/bin/node']);
  });
});

describe('the worker’s unit', () => {
  it('has only settings that systemd 239 knows, or may ignore without another meaning', () => {
    const settings = settingsOf(UNIT);
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

  it.skipIf(!hasAnalyze)('passes systemd-analyze verify (skipped without systemd-analyze)', () => {
    expect(verified('worker')).toEqual([]);
  });
});

describe('the bot’s unit', () => {
  const lines = BOT.split('\n');
  const valuesOf = (start: string) =>
    lines.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length));

  it('has only settings that systemd 251 knows, and unit and page say which systems have it', () => {
    const settings = settingsOf(BOT);
    expect(
      settings.filter((name) => SINCE[name] === undefined),
      'look up in NEWS since when',
    ).toEqual([]);
    expect(settings.filter((name) => (SINCE[name] ?? 0) > OLDEST_OF_BOT)).toEqual([]);
    for (const text of [BOT, readFileSync(new URL('../docs/install.md', import.meta.url), 'utf8')])
      expect(text).toContain(`systemd ${OLDEST_OF_BOT} or newer`);
  });

  it('gives the bot its signing key and every secret of Socket Mode as a credential, and no secret otherwise', () => {
    const files = valuesOf('Environment=').flatMap(
      (one) => /^(REGISTRY_HA_\w+)_FILE=%d\/(\S+)$/.exec(one)?.slice(1) ?? [],
    );
    const names = files.filter((_, n) => n % 2 === 0);
    expect(names.toSorted()).toEqual([
      'REGISTRY_HA_APPROVAL_KEY',
      'REGISTRY_HA_REDIS_PASSWORD',
      'REGISTRY_HA_SLACK_APP_TOKEN',
      'REGISTRY_HA_SLACK_BOT_TOKEN',
    ]);
    expect(files.filter((_, n) => n % 2 === 1)).toEqual(valuesOf('LoadCredential=').map((one) => one.split(':')[0]));
    expect(valuesOf('Environment=').filter((one) => !one.includes('_FILE=%d/'))).toEqual(['NODE_ENV=production']);
  });

  it('runs the bot without root, without capabilities and without a folder to write to', () => {
    expect(lines).toEqual(
      expect.arrayContaining(['DynamicUser=yes', 'CapabilityBoundingSet=', 'ProtectSystem=strict']),
    );
    expect(BOT).not.toMatch(/^(User|ReadWritePaths|\w+Directory)=/m);
  });

  it.skipIf(!hasAnalyze)('passes systemd-analyze verify (skipped without systemd-analyze)', () => {
    expect(verified('bot')).toEqual([]);
  });
});
