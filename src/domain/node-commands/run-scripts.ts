/**
 * How a state run is started on a node and found again, each as `sh -c SCRIPT sh ARGUMENTS…`: POSIX sh, coreutils and setsid
 * (util-linux), which every node has. A run has a folder: `run` (process id and when it began), `out`, `err`, and `exit` at its end.
 */

/** Process ids come again, so a process is known by its start as well: proc(5), field 22 of /proc/PID/stat. */
const BEGAN = `began() { read -r s <"/proc/$1/stat" && set -- \${s##*) } && echo "\${20}"; } 2>/dev/null`;

const ALIVE = 'alive() { read -r pid at <"$1/run" && [ "$(began "$pid")" = "$at" ]; } 2>/dev/null';

/** A process that has told its exit code lives on for a moment; the run is over. */
const RUNS = 'runs() { [ ! -e "$1/exit" ] && alive "$1"; }';

/** In a session of its own, with no stream of ours: neither the end of the connection nor sudo's terminal reaches it. */
const RUN = [
  BEGAN,
  'dir=$1; shift 3',
  'echo "$$ $(began $$)" >"$dir/run.new" && mv -- "$dir/run.new" "$dir/run" || exit',
  '"$@" >"$dir/out" 2>"$dir/err"',
  'echo $? >"$dir/exit.new" && mv -- "$dir/exit.new" "$dir/exit"',
];

/** Bytes of a run's stdout that are told at once; base64 makes a third more of them, and a session may say 1 MiB. */
export const SLICE_BYTES = 524_288;

const SLICE = `head -c ${SLICE_BYTES}`;

/** Waits $3 seconds at most, then tells how the run stands; of one that has ended, its exit code, the size and the beginning of stdout. */
const TELL = [
  'n=0',
  'while [ -d "$1" ] && [ ! -e "$1/exit" ] && { [ ! -e "$1/run" ] || alive "$1"; } && [ "$n" -lt "$(($3 * 5))" ]; do',
  '  sleep 0.2; n=$((n + 1))',
  'done',
  'is=gone; [ -d "$1" ] || is=absent; alive "$1" && is=running; [ -e "$1/exit" ] && is=ended',
  'if [ "$is" != ended ]; then echo "$is"; exit 0; fi',
  'echo "ended $(cat -- "$1/exit") $(stat -c %s -- "$1/out")"',
  `${SLICE} -- "$1/out" | base64 -w 0; tail -c 65536 -- "$1/err" >&2`,
];

/** Arguments: folder, `once` or `again` (one that has ended is forgotten first), seconds to wait, the command. */
export const START_SCRIPT = [
  '# Runs the command $4… once, cut off from this session: the folder $1 keeps what it says and how it ends.',
  BEGAN,
  ALIVE,
  RUNS,
  'command -v setsid >/dev/null || { echo "setsid is missing here" >&2; exit 127; }',
  `mkdir -p -m 0700 -- "\${1%/*}" || exit`,
  `for old in "\${1%/*}"/*; do [ "$old" = "$1" ] || runs "$old" || rm -rf -- "$old"; done`,
  'if [ "$2" = again ] && ! runs "$1"; then rm -rf -- "$1"; fi',
  'if why=$(mkdir -m 0700 -- "$1" 2>&1); then',
  `  setsid sh -c '${RUN.join('\n')}' sh "$@" </dev/null >/dev/null 2>&1 &`,
  'elif [ ! -d "$1" ]; then echo "$why" >&2; exit 1; fi',
  ...TELL,
].join('\n');

/** Arguments: folder, anything, seconds to wait. Starts nothing. */
export const FOLLOW_SCRIPT = ['# Tells how the run of the folder $1 stands.', BEGAN, ALIVE, ...TELL].join('\n');

/** Arguments: folder, first byte. */
export const READ_SCRIPT = [
  '# Tells what the run of the folder $1 said, from byte $2 on.',
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
