import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2';

// AES-GCM first: 1.4 times the speed of chacha20 on processors with AES instructions. SHA-1 is nowhere.
const PINNED = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group14-sha256',
  ],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes256-ctr', 'aes128-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'],
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

/** What we offer: the algorithms of pinned keys first, else a server with several keys shows another one than was pinned. */
export function algorithmsFor(pinned: readonly { readonly algorithm: string }[]): Algorithms {
  const isPinned = (offer: string): boolean => pinned.some(({ algorithm }) => keyTypeOf(offer) === algorithm);
  const first = HOST_KEYS.filter(isPinned);
  return { ...PINNED, serverHostKey: [...first, ...HOST_KEYS.filter((offer) => !isPinned(offer))] };
}

/** RSA keys are written `ssh-rsa` whatever hash their signatures use (RFC 8332). */
const keyTypeOf = (offer: string): string => (offer.startsWith('rsa-sha2-') ? 'ssh-rsa' : offer);
