/**
 * Scripts that start a state run on a node and find it again, run as `sh -c SCRIPT sh ARGUMENTS…` with POSIX sh, coreutils and
 * setsid (util-linux). A run's folder has `run` (process ID and start time), `out`, `err`, and at the end `exit`.
 */

/** Process IDs are reused, so the start time identifies a process too: proc(5), field 22 of /proc/PID/stat. */
const BEGAN = `began() { read -r s <"/proc/$1/stat" && set -- \${s##*) } && echo "\${20}"; } 2>/dev/null`;

const ALIVE = 'alive() { read -r pid at <"$1/run" && [ "$(began "$pid")" = "$at" ]; } 2>/dev/null';

/** A process may live on for a moment after it wrote `exit`; the run has ended. */
const RUNS = 'runs() { [ ! -e "$1/exit" ] && alive "$1"; }';

/**
 * Runs in its own session without our streams, so that neither a lost connection nor sudo's terminal ends it; and where systemd is, in
 * its own scope, because logind ends all of a session's scope with KillUserProcesses=yes (logind.conf(5)).
 */
const RUN = [
  BEGAN,
  'dir=$1; shift 3',
  'echo "$$ $(began $$)" >"$dir/run.new" && mv -- "$dir/run.new" "$dir/run" || exit',
  '"$@" >"$dir/out" 2>"$dir/err"',
  'echo $? >"$dir/exit.new" && mv -- "$dir/exit.new" "$dir/exit"',
];

/** Bytes of stdout in one answer. Base64 adds a third, and a session may print 1 MiB. */
export const SLICE_BYTES = 524_288;

const SLICE = `head -c ${SLICE_BYTES}`;

/** Waits at most $3 seconds, then prints the run's state; after its end also exit code, size and start of stdout. */
const REPORT = [
  'n=0',
  'while [ -d "$1" ] && [ ! -e "$1/exit" ] && { [ ! -e "$1/run" ] || alive "$1"; } && [ "$n" -lt "$(($3 * 5))" ]; do',
  '  sleep 0.2; n=$((n + 1))',
  'done',
  'is=gone; [ -d "$1" ] || is=absent; alive "$1" && is=running; [ -e "$1/exit" ] && is=ended',
  'if [ "$is" != ended ]; then echo "$is"; exit 0; fi',
  'echo "ended $(cat -- "$1/exit") $(stat -c %s -- "$1/out")"',
  `${SLICE} -- "$1/out" | base64 -w 0; tail -c 65536 -- "$1/err" >&2`,
];

/** Arguments: folder, `once` or `again` (removes a run that has ended), seconds to wait, the command. */
export const START_SCRIPT = [
  '# Runs the command $4… once, detached from this session. Its output and exit code go to the folder $1.',
  BEGAN,
  ALIVE,
  RUNS,
  'command -v setsid >/dev/null || { echo "setsid is missing here" >&2; exit 127; }',
  `mkdir -p -m 0700 -- "\${1%/*}" || exit`,
  `for old in "\${1%/*}"/*; do [ "$old" = "$1" ] || runs "$old" || rm -rf -- "$old"; done`,
  'if [ "$2" = again ] && ! runs "$1"; then rm -rf -- "$1"; fi',
  'if why=$(mkdir -m 0700 -- "$1" 2>&1); then',
  `  run='${RUN.join('\n')}'`,
  '  if [ -d /run/systemd/system ] && command -v systemd-run >/dev/null; then',
  '    { systemd-run --scope --collect --quiet -- setsid sh -c "$run" sh "$@" || [ -e "$1/run" ] ||',
  '      setsid sh -c "$run" sh "$@"; } </dev/null >/dev/null 2>&1 &',
  '  else setsid sh -c "$run" sh "$@" </dev/null >/dev/null 2>&1 & fi',
  'elif [ ! -d "$1" ]; then echo "$why" >&2; exit 1; fi',
  ...REPORT,
].join('\n');

/** Arguments: folder, ignored, seconds to wait. Starts nothing. */
export const FOLLOW_SCRIPT = ['# Prints the state of the run in the folder $1.', BEGAN, ALIVE, ...REPORT].join('\n');

/** Arguments: folder, first byte. */
export const READ_SCRIPT = [
  '# Prints the output of the run in the folder $1, from byte $2.',
  `tail -c "+$(($2 + 1))" -- "$1/out" | ${SLICE} | base64 -w 0`,
].join('\n');

/** Arguments: folder. */
export const FORGET_SCRIPT = [
  '# Removes the folder $1 of a run that has ended.',
  BEGAN,
  ALIVE,
  RUNS,
  'if runs "$1"; then exit 1; fi',
  `rm -rf -- "$1" && { rmdir -- "\${1%/*}" 2>/dev/null || true; }`,
].join('\n');
