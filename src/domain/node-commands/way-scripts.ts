/**
 * Guards of the scripts that change files as root, in POSIX sh with coreutils 8.30 or newer. Where another user can write, that user
 * can put a link in the place of any name, and root would follow it. A folder that only root can change stays that way until root
 * changes it, so one check at the start of a script is enough.
 */

/**
 * `way PATH` walks to the path as the kernel does, one link at a time, at most 40: path_resolution(7). At the first folder that
 * another user can change, it prints owner, mode and path, and fails. A sticky folder is one of them: anyone can create names in it.
 */
const WAY = [
  'way() (',
  'at= left=$1/ links=0',
  'while [ -d "$at/" ]; do',
  `  is=$(stat -c '%u %A %U %a' -- "$at/")`,
  `  case $is in "0 "?????-??-?* | "$(id -u) "?????-??-?*) ;; *) printf '%s\\n' "\${is#* * } \${at:-/}"; exit 1 ;; esac`,
  '  [ "$left" ] || exit 0',
  `  name=\${left%%/*} left=\${left#*/}`,
  `  case $name in "" | .) continue ;; ..) at=\${at%/*}; continue ;; esac`,
  '  [ -L "$at/$name" ] || { at=$at/$name; continue; }',
  '  links=$((links + 1)); [ $links -le 40 ] || exit 0',
  '  left=$(readlink -- "$at/$name")/$left',
  '  case $left in /*) at= ;; esac',
  'done',
  ')',
].join('\n');

/**
 * The first argument of every script that changes an archive's files, so that a card shows it once. `guard FILE` fails unless only root
 * can change the folders on the way to the file. `own FILE`: a file of this user's, neither a link nor one that has a second name.
 * `give FILE OWNER` sets mode and owner (empty: unchanged). `begin FILE OWNER` creates a part file in place of anything that is not our
 * own, and gives it at once: a file system that refuses an owner does so before a byte is sent.
 */
export const GUARD = [
  '# Checks the way to a file: root must follow no link of another user.',
  WAY,
  `guard() { open=$(way "\${1%/*}") || { echo "Not only root can change (owner, mode, path): $open" >&2; false; }; }`,
  `own() { case $(stat -c '%A %h %u' -- "$1" 2>&1) in -*" 1 $(id -u)") ;; *) false ;; esac; }`,
  'give() { chmod 0644 -- "$1" && { [ -z "$2" ] || chown "$2" -- "$1"; }; }',
  'begin() {',
  '  umask 022',
  `  guard "$1" && mkdir -p -m 0755 -- "\${1%/*}/" && { own "$1" || rm -f -- "$1"; } && : >>"$1" && give "$@"`,
  '}',
].join('\n');

/** Arguments: a path. Changes nothing. */
export const WAY_SCRIPT = [
  '# Prints owner, mode and path of the first folder on the way to $1 that not only root can change.',
  WAY,
  'way "$1" || true',
].join('\n');

/** Arguments: GUARD, a file. */
export const DELETE_SCRIPT = ['# Deletes the file $2.', 'eval "$1"; guard "$2" && rm -f -- "$2"'].join('\n');
