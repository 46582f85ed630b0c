/**
 * Scripts of a copy on the target, run as `sh -c SCRIPT sh ARGUMENTS…` with POSIX sh and coreutils 8.30 or newer. Every path is an
 * argument, so the texts are fixed and a person can recognise them in a log.
 */

/** `dd` that writes at a fixed position, so that a late writer of a lost connection can only write the same bytes. */
const PLACE = 'bs=256K iflag=fullblock,count_bytes oflag=seek_bytes conv=notrunc status=none';

/** Reads each chunk back as soon as it is written, so that the digest is ready with the last byte. */
const DIGEST = [
  '} | {',
  'at=0',
  'while read -r to; do',
  '  dd if="$1" bs=256K skip="$at" count="$((to - at))" iflag=skip_bytes,count_bytes status=none || exit',
  '  at=$to',
  'done',
  '} | { openssl dgst -sha256 -r 2>/dev/null || sha256sum; }',
  '[ "$(stat -c %s -- "$1")" = "$3" ]',
];

/** Arguments: part file, first byte to write, size. */
export const RECEIVE_SCRIPT = [
  '# Writes what comes to the file $1, from byte $2 to byte $3, and prints the SHA-256 of the whole file.',
  `mkdir -p -m 0755 -- "\${1%/*}/" && : >>"$1" || exit`,
  'at=$2',
  '{ echo "$at"',
  'while [ "$at" -lt "$3" ]; do',
  '  n=$(($3 - at < 33554432 ? $3 - at : 33554432))',
  `  dd of="$1" seek="$at" count="$n" ${PLACE} || exit`,
  '  at=$((at + n)); echo "$at"',
  'done',
  ...DIGEST,
].join('\n');

/** Arguments: part file, first byte to write, size, seed archive. */
export const REBUILD_SCRIPT = [
  '# Writes the file $1, from byte $2 to byte $3, out of $4 and what comes: a line says from which byte of $4, or "here", and how many. Prints its SHA-256.',
  `mkdir -p -m 0755 -- "\${1%/*}/" && : >>"$1" || exit`,
  'at=$2',
  '{ echo "$at"',
  'while [ "$at" -lt "$3" ] && read -r from n; do',
  '  if [ "$from" = here ]; then',
  `    dd of="$1" seek="$at" count="$n" ${PLACE} || exit`,
  '  else',
  `    dd if="$4" skip="$from" of="$1" seek="$at" count="$n" ${PLACE.replace('iflag=', 'iflag=skip_bytes,')} || exit`,
  '  fi',
  '  at=$((at + n)); echo "$at"',
  'done',
  ...DIGEST,
].join('\n');

/** Size, mode, and an identity that no other file or version of the file has. */
export const SEEN_FORMAT = '%s %f %d:%i:%.9Y:%.9Z';

const SEE = `stat -L -c '${SEEN_FORMAT}' --`;
const HASH = 'openssl dgst -sha256 -r "$1" 2>/dev/null || sha256sum -- "$1"';

/** Arguments: path, part file, owner (empty: unchanged). */
export const FINISH_SCRIPT = [
  '# Gives the file $2 its mode and the owner $3, brings it to disk, and to its place $1 unless something is there.',
  'chmod 0644 -- "$2" && { [ -z "$3" ] || chown "$3" -- "$2"; } && sync -- "$2" &&',
  `mv -nT -- "$2" "$1" && sync -- "\${1%/*}/" && ${SEE} "$1" && [ ! -e "$2" ]`,
].join('\n');

/** Arguments: path, part file, size, identity with a known digest. Changes nothing. */
export const SEE_SCRIPT = [
  '# Prints what is at $1 and $2, and the SHA-256 of $1 if it is a file of $3 bytes with another identity than $4.',
  'export LC_ALL=C',
  `see() { ${SEE} "$1" 2>&1; }`,
  'path=$(see "$1")',
  'echo "$path"',
  'see "$2"',
  `case $path in "$3 "*" $4") ;; "$3 8"*) ${HASH} ;; *) true ;; esac`,
].join('\n');

/** Arguments: a file. Drops its page cache first, to hash the data on disk. */
export const REREAD_SCRIPT = [
  '# Brings the file $1 to disk, forgets what memory holds of it, and prints its SHA-256.',
  'sync -- "$1" && dd if="$1" iflag=nocache count=0 status=none &&',
  `{ ${HASH}; }`,
].join('\n');

/** Arguments: a file. */
export const HASH_SCRIPT = ['# Prints the SHA-256 of the file $1.', HASH].join('\n');
