/** Names in ssh2's debug lines, and what they are called elsewhere. */
const WHAT: Readonly<Record<string, string>> = {
  'KEX method': 'key exchange method',
  'Host key format': 'host key type',
  'C->S cipher': 'cipher',
  'S->C cipher': 'cipher',
  'C->S MAC': 'MAC',
  'S->C MAC': 'MAC',
};

/** Longer lists are no help. */
const SHOWN = 12;

interface Offer {
  readonly what: string;
  readonly local: readonly string[];
  readonly remote: readonly string[];
}

/**
 * What both sides offered in the handshake. ssh2 tells the lists only in its debug lines, in the order in which it compares them; the
 * last pair is the one on which a handshake failed.
 */
export class Offers {
  #local: readonly string[] = [];
  #last: Offer | null = null;

  readonly note = (line: string): void => {
    // ssh2 has a line for each packet, also of a copy.
    if (!line.startsWith('Handshake: (')) return;
    const [, side, name = '', list = ''] = /^Handshake: \((local|remote)\) (.+?): (.*)$/.exec(line) ?? [];
    const what = WHAT[name];
    if (what === undefined) return;
    const names = list.split(',').filter((one) => /^[\w.@-]+$/.test(one));
    if (side === 'local') this.#local = names;
    else this.#last = { what, local: this.#local, remote: names };
  };

  /** Which algorithm the two sides do not share; null if they share one of the last kind that was compared. */
  mismatch(): string | null {
    if (this.#last === null) return null;
    const { what, local, remote } = this.#last;
    if (local.some((one) => remote.includes(one))) return null;
    return `there is no common ${what}; the node offers ${few(remote)}, and the worker accepts ${few(local)}`;
  }
}

const few = (names: readonly string[]): string =>
  names.length === 0 ? 'none' : names.slice(0, SHOWN).join(', ') + (names.length > SHOWN ? ', …' : '');
