// Installs the programs named as arguments, if missing: those of KNOWN below. Runs on Node 18 and newer.
import { spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The known names: alternative programs, of which one is enough, and the Debian packages with one. `service`: what the package
 * brings beside the program, and nobody wants here. */
const KNOWN = {
  'redis-server': { programs: ['redis-server', 'valkey-server'], package: 'redis-server' },
  sshd: { programs: ['sshd'], package: 'openssh-server' },
  rsync: { programs: ['rsync'], package: 'rsync' },
  curl: { programs: ['curl'], package: 'curl' },
  cc: { programs: ['cc', 'gcc', 'clang'], package: 'gcc libc6-dev' },
  kubectl: { programs: ['kubectl'], package: 'kubernetes-client' },
  chromium: { programs: ['chromium'], package: 'chromium' },
  podman: { programs: ['podman'], package: 'podman crun conmon' },
  buildah: { programs: ['buildah'], package: 'buildah' },
  debootstrap: { programs: ['debootstrap'], package: 'debootstrap' },
  promtool: { programs: ['promtool'], package: 'prometheus', service: 'prometheus' },
  'systemd-nspawn': { programs: ['systemd-nspawn'], package: 'systemd-container' },
};
/** Debian installs daemons in folders that are not on an ordinary user's PATH. */
const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
const NEEDED_NODE = [22, 19];
const INSTALL_LIMIT_MS = 10 * 60_000;
const POLICY = '/usr/sbin/policy-rc.d';

const say = (line) => process.stderr.write(`${line}\n`);

function main(words) {
  const wrong = wrongNode() ?? unknownWord(words);
  if (wrong !== null) return fail(wrong);
  const missing = words.filter((word) => !isInstalled(word));
  if (missing.length === 0) return;
  const packages = missing.flatMap((word) => KNOWN[word].package.split(' '));
  const byHand = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  const root = waysToRoot();
  if (root === null || !isOnPath('apt-get')) {
    return fail(`Missing: ${missing.join(', ')}. Install ${packages.join(', ')}. On Debian, run as root: ${byHand}`);
  }
  const refused = install(packages, root);
  if (refused !== null) return fail(`${refused}\nInstall by hand: ${byHand}`);
  const still = missing.filter((word) => !isInstalled(word));
  if (still.length > 0)
    return fail(`apt-get installed ${packages.join(', ')}, but ${still.join(', ')} cannot be found.`);
  for (const word of missing) disable(KNOWN[word].service, root);
  say(`Installed ${packages.join(', ')} (Debian).`);
}

function fail(says) {
  say(says);
  process.exitCode = 1;
}

function wrongNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NEEDED_NODE[0] || (major === NEEDED_NODE[0] && minor >= NEEDED_NODE[1])) return null;
  return `This is Node ${process.versions.node}, but ${NEEDED_NODE.join('.')} or newer is required. Run \`npm ci\`, which installs Node 24 on linux-x64, then use \`npm run\`.`;
}

function unknownWord(words) {
  const unknown = words.find((word) => !Object.hasOwn(KNOWN, word));
  return unknown === undefined ? null : `Unknown program ${unknown}. Known: ${Object.keys(KNOWN).join(', ')}.`;
}

const isInstalled = (word) => KNOWN[word].programs.some(isOnPath);

const isOnPath = (program) => FOLDERS.some((folder) => folder !== '' && isExecutable(join(folder, program)));

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The prefix that runs a command as root; null if that needs a password. */
function waysToRoot() {
  if (process.getuid?.() === 0) return [];
  return isOnPath('sudo') && run(['sudo', '-n', 'true']).status === 0 ? ['sudo', '-n'] : null;
}

/** Installs packages without starting their services; returns the error, or null. */
function install(packages, root) {
  say(`Installing ${packages.join(', ')}…`);
  return withoutServices(root, () => {
    const apt = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-o', 'DPkg::Lock::Timeout=120'];
    const words = [...root, ...apt, 'install', '-y', '--no-install-recommends', ...packages];
    const first = run(words);
    if (first.status === 0) return null;
    // The package lists are missing or old.
    const update = run([...root, ...apt, 'update']);
    const second = update.status === 0 ? run(words) : update;
    return second.status === 0 ? null : `apt-get failed:\n${tail(second)}`;
  });
}

/** Keeps a service from starting with the machine: policy-rc.d only keeps it from starting now. */
function disable(service, root) {
  if (service === undefined || !isOnPath('systemctl')) return;
  const disabled = run([...root, 'systemctl', 'disable', service]);
  if (disabled.status !== 0)
    say(`The service ${service} will start with this machine. To prevent that: systemctl disable ${service}`);
}

/** Debian asks policy-rc.d before it starts a service; 101 means "not allowed". An existing policy-rc.d is kept. */
function withoutServices(root, act) {
  if (existsSync(POLICY)) return act();
  const folder = mkdtempSync(join(tmpdir(), 'registry-ha-setup-'));
  const policy = join(folder, 'policy-rc.d');
  try {
    writeFileSync(policy, '#!/bin/sh\nexit 101\n');
    chmodSync(policy, 0o755);
    const placed = run([...root, 'cp', policy, POLICY]);
    return placed.status === 0 ? act() : `${POLICY} cannot be written:\n${tail(placed)}`;
  } finally {
    run([...root, 'rm', '-f', POLICY]);
    rmSync(folder, { recursive: true, force: true });
  }
}

function run([program, ...args]) {
  return spawnSync(program, args, { encoding: 'utf8', timeout: INSTALL_LIMIT_MS, stdio: ['ignore', 'pipe', 'pipe'] });
}

const tail = ({ stdout, stderr, error }) =>
  `${stdout ?? ''}${stderr ?? ''}${error ? String(error) : ''}`.trimEnd().split('\n').slice(-15).join('\n');

main(process.argv.slice(2));
