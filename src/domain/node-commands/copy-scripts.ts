/**
 * Scripts of a copy on the target, run as `sh -c SCRIPT sh ARGUMENTS…` with POSIX sh and coreutils 8.30 or newer. Every path is an
 * argument, so the texts are fixed and a person can recognise them in a log. Scripts that change something get GUARD as $1.
 */

/** `dd` that writes at a fixed position, so that a late writer of a lost connection can only write the same bytes. */
const PLACE = 'bs=256K iflag=fullblock,count_bytes oflag=seek_bytes conv=notrunc status=none';

/** Reads each chunk back as soon as it is written, so that the digest is ready with the last byte. */
const DIGEST = [
  '} | {',
  'at=0',
  'while read -r to; do',
  '  dd if="$2" bs=256K skip="$at" count="$((to - at))" iflag=skip_bytes,count_bytes status=none || exit',
  '  at=$to',
  'done',
  '} | { openssl dgst -sha256 -r 2>/dev/null || sha256sum; }',
  '[ "$(stat -c %s -- "$2")" = "$4" ]',
];

/** Arguments: GUARD, part file, first byte to write, size, owner. */
export const RECEIVE_SCRIPT = [
  '# Writes what comes to the file $2, from byte $3 to byte $4, and prints the SHA-256 of the whole file.',
  'eval "$1"; begin "$2" "$5" || exit',
  'at=$3',
  '{ echo "$at"',
  'while [ "$at" -lt "$4" ]; do',
  '  n=$(($4 - at < 33554432 ? $4 - at : 33554432))',
  `  dd of="$2" seek="$at" count="$n" ${PLACE} || exit`,
  '  at=$((at + n)); echo "$at"',
  'done',
  ...DIGEST,
].join('\n');

/** Arguments: GUARD, part file, first byte to write, size, owner, seed archive. */
export const REBUILD_SCRIPT = [
  '# Writes the file $2, from byte $3 to byte $4, out of $6 and what comes: a line says from which byte of $6, or "here", and how many. Prints its SHA-256.',
  'eval "$1"; begin "$2" "$5" || exit',
  'at=$3',
  '{ echo "$at"',
  'while [ "$at" -lt "$4" ] && read -r from n; do',
  '  if [ "$from" = here ]; then',
  `    dd of="$2" seek="$at" count="$n" ${PLACE} || exit`,
  '  else',
  `    dd if="$6" skip="$from" of="$2" seek="$at" count="$n" ${PLACE.replace('iflag=', 'iflag=skip_bytes,')} || exit`,
  '  fi',
  '  at=$((at + n)); echo "$at"',
  'done',
  ...DIGEST,
].join('\n');

/** Size, mode, and an identity that no other file or version of the file has. */
export const SEEN_FORMAT = '%s %f %d:%i:%.9Y:%.9Z';

const SEE = `stat -L -c '${SEEN_FORMAT}' --`;
/** Does not follow a link: the part file is never one. */
const SEE_PART = `stat -c '${SEEN_FORMAT}' --`;
const HASH = 'openssl dgst -sha256 -r "$1" 2>/dev/null || sha256sum -- "$1"';

/** Arguments: GUARD, path, part file, owner (empty: unchanged). Both files are in one folder. */
export const FINISH_SCRIPT = [
  '# Gives the file $3 its mode and the owner $4, brings it to disk, and to its place $2 unless something is there.',
  'export LC_ALL=C',
  'eval "$1"; guard "$2" && own "$3" && give "$3" "$4" && sync -- "$3" &&',
  `mv -nT -- "$3" "$2" && sync -- "\${2%/*}/" && ${SEE} "$2" && [ ! -e "$3" ]`,
].join('\n');

/** Arguments: path, part file, size, identity with a known digest. Changes nothing. */
export const SEE_SCRIPT = [
  '# Prints what is at $1 and $2, and the SHA-256 of $1 if it is a file of $3 bytes with another identity than $4.',
  'export LC_ALL=C',
  `path=$(${SEE} "$1" 2>&1)`,
  'echo "$path"',
  `${SEE_PART} "$2" 2>&1`,
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
