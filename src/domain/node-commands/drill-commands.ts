import type { SwitchFacts } from '../cluster/registry.ts';
import { type Command, command } from './command.ts';
import { copiesAmong, MANIFESTS, manifestsIn } from './manifest-copies.ts';
import { REGISTRY_MANIFEST } from './undo-commands.ts';

/** Outside kubelet's folder, but on its file system, so that moves are atomic and keep mode and owner. */
const ASIDE = '/etc/kubernetes/repositories.yaml.drill-';

/** Where a drill keeps the manifest of the bootstrap's registry. */
export const asideManifest = (change: string): string => `${ASIDE}${change}`;

/** The change whose drill keeps a manifest there; null for any other path. */
export const drillOf = (aside: string): string | null => (aside.startsWith(ASIDE) ? aside.slice(ASIDE.length) : null);

const UNIT = 'registry-ha-restore';
const UNITS = '/etc/systemd/system';
/** The link that systemctl(1) `enable` makes for WantedBy=multi-user.target. */
const WANTED = `${UNITS}/multi-user.target.wants/${UNIT}.service`;

/** Moves the manifest back. A newer one, which Salt wrote meanwhile, stays. True in the shell if nothing is left aside. */
const putBack = (aside: string, manifest: string): string =>
  `mv -nT -- ${aside} ${manifest}; if [ -e ${aside} ] && [ -e ${manifest} ]; then rm -f -- ${aside}; fi; [ ! -e ${aside} ]`;

/** Removes the units without a word if they are gone already; systemctl(1) `disable` would fail. */
const REMOVE_UNITS = `rm -f -- ${WANTED} ${UNITS}/${UNIT}.service ${UNITS}/${UNIT}.timer; systemctl stop ${UNIT}.timer; systemctl daemon-reload`;

/**
 * The dead man's switch, on the bootstrap node itself, so that it needs no worker, Redis or Salt. The timer starts the service; a reboot
 * ends the timer, and starts the service at once, because it is enabled. The service retries until the manifest is back, then removes
 * both units. Only directives of systemd 239; it refuses Restart= for Type=oneshot, and a simple service delays no kubelet.
 */
const serviceUnit = (aside: string): string =>
  [
    `# ${aside}`,
    '[Unit]',
    'Description=Puts the MetalK8s registry of this node back after a drill of registry-ha',
    'After=local-fs.target',
    'StartLimitIntervalSec=0',
    '[Service]',
    `ExecStart=/bin/sh -c '${putBack(aside, REGISTRY_MANIFEST)} || exit 1; ${REMOVE_UNITS}'`,
    'Restart=on-failure',
    'RestartSec=5',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n');

const timerUnit = (seconds: number): string =>
  [
    '[Unit]',
    'Description=Puts the MetalK8s registry of this node back if a drill of registry-ha does not end',
    '[Timer]',
    `OnActiveSec=${seconds}`,
    'AccuracySec=1',
    '',
  ].join('\n');

/** Arguments: the service, the timer. On disk before the manifest moves: the node may lose power. */
export const ARM_SCRIPT = [
  '# Arms the switch: the service $1 puts the manifest back at a boot, and when the timer $2 elapses.',
  'umask 022',
  `printf %s "$1" >${UNITS}/${UNIT}.service && printf %s "$2" >${UNITS}/${UNIT}.timer &&`,
  `systemctl daemon-reload && systemctl enable ${UNIT}.service && systemctl restart ${UNIT}.timer && sync`,
].join('\n');

/** Arguments: where to keep the manifest. */
export const TAKE_SCRIPT = [
  '# Moves the manifest of the registry to $1, if the switch is armed.',
  `systemctl -q is-enabled ${UNIT}.service && systemctl -q is-active ${UNIT}.timer &&`,
  `mv -nT -- ${REGISTRY_MANIFEST} "$1" && [ -e "$1" ] && [ ! -e ${REGISTRY_MANIFEST} ]`,
].join('\n');

/** Arguments: where the manifest is kept. */
export const RESTORE_SCRIPT = [
  '# Moves the manifest back from $1. A newer manifest stays.',
  `${putBack('"$1"', REGISTRY_MANIFEST)} && sync -- /etc/kubernetes`,
].join('\n');

/** Arguments: where the manifest was kept. */
export const DISARM_SCRIPT = [
  '# Removes the switch, unless the manifest is still at $1.',
  `[ ! -e "$1" ] && { ${REMOVE_UNITS}; }`,
].join('\n');

/** No arguments. */
export const SWITCH_SCRIPT = [
  '# Prints whether the switch is armed and where the manifest is. Changes nothing.',
  `echo "enabled $(systemctl is-enabled ${UNIT}.service 2>&1)"`,
  `echo "timer $(systemctl is-active ${UNIT}.timer 2>&1)"`,
  `systemctl show -p ActiveEnterTimestampMonotonic ${UNIT}.timer`,
  'read -r up _ </proc/uptime; echo "up $up"',
  `sed -n 's/^# /keeps /p' ${UNITS}/${UNIT}.service 2>/dev/null`,
  `sed -n 's/^OnActiveSec=/after /p' ${UNITS}/${UNIT}.timer 2>/dev/null`,
  `for file in ${REGISTRY_MANIFEST} ${ASIDE}*; do if [ -e "$file" ]; then echo "file $file"; fi; done`,
  manifestsIn(MANIFESTS, 'runs '),
].join('\n');

const script = (text: string, ...args: readonly string[]): Command => command('sh', '-c', text, 'sh', ...args);

export const arm = (aside: string, seconds: number): Command =>
  script(ARM_SCRIPT, serviceUnit(aside), timerUnit(seconds));
export const takeAside = (aside: string): Command => script(TAKE_SCRIPT, aside);
export const restore = (aside: string): Command => script(RESTORE_SCRIPT, aside);
export const disarm = (aside: string): Command => script(DISARM_SCRIPT, aside);
export const LOOK_AT_SWITCH: Command = script(SWITCH_SCRIPT);

/** Pulls an image as kubelet does: from the mirrors of the engine, in their order. */
export const pull = (image: string): Command => command('crictl', 'pull', image);

/** Parses the output of `LOOK_AT_SWITCH`; null for anything else. */
export function switchIn(stdout: string): SwitchFacts | null {
  const lines = stdout.split('\n').map((line) => line.trim());
  const after = (start: string): string | null =>
    lines.find((line) => line.startsWith(start))?.slice(start.length) ?? null;
  const up = Number(after('up ') ?? Number.NaN);
  if (Number.isNaN(up) || after('enabled ') === null || after('timer ') === null) return null;
  const files = lines.flatMap((line) => (line.startsWith('file ') ? [line.slice('file '.length)] : []));
  const copies = copiesAmong(lines.flatMap((line) => (line.startsWith('runs ') ? [line.slice('runs '.length)] : [])));
  const keeps = after('keeps ');
  const total = after('after ');
  const since = Number(after('ActiveEnterTimestampMonotonic=') ?? 0) / 1_000_000;
  const isArmed = after('enabled ') === 'enabled' && after('timer ') === 'active' && keeps !== null && total !== null;
  return {
    armed: isArmed ? { aside: keeps, secondsLeft: Number(total) - (up - since) } : null,
    hasUnits: keeps !== null || total !== null,
    hasManifest: files.includes(REGISTRY_MANIFEST),
    aside: files.filter((file) => drillOf(file) !== null),
    ...(copies.length === 0 ? {} : { copies }),
  };
}
