import ssh2 from 'ssh2';

export interface KeyPair {
  readonly private: string;
  readonly public: string;
  readonly parsed: ssh2.ParsedKey;
}

/** ssh2 1.17 sometimes writes an unreadable ed25519 key (1 in 300 here), so each key is read back. */
const ATTEMPTS = 10;

/** A new ed25519 key pair in OpenSSH's format. */
export function newKeyPair(comment: string): KeyPair {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
    const parsed = ssh2.utils.parseKey(pair.private);
    if (!(parsed instanceof Error)) return { private: pair.private, public: pair.public, parsed };
  }
  throw new Error(`ssh2 made no readable ed25519 key in ${ATTEMPTS} attempts`);
}
