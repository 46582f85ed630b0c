import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2';

// Every algorithm of ssh2 and OpenSSH 8.0 that is not broken, the best first: no SHA-1, no CBC. AES-GCM is 1.4 times as fast as chacha20
// with AES instructions. Hardened servers (STIG, FIPS) offer some of these only.
const PINNED = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group14-sha256',
  ],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'aes256-ctr',
    'aes192-ctr',
    'aes128-ctr',
    'chacha20-poly1305@openssh.com',
  ],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
} satisfies Algorithms;

const HOST_KEYS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** Algorithms to offer, those of pinned keys first: a server with several keys then shows the pinned key. */
export function algorithmsFor(pinned: readonly { readonly algorithm: string }[]): Algorithms {
  const isPinned = (offer: string): boolean => pinned.some(({ algorithm }) => keyTypeOf(offer) === algorithm);
  const first = HOST_KEYS.filter(isPinned);
  return { ...PINNED, serverHostKey: [...first, ...HOST_KEYS.filter((offer) => !isPinned(offer))] };
}

/** The key type of RSA is `ssh-rsa` for every signature hash (RFC 8332). */
const keyTypeOf = (offer: string): string => (offer.startsWith('rsa-sha2-') ? 'ssh-rsa' : offer);
