import { type Algorithms, type AnyAuthMethod, Client, type ConnectConfig } from 'ssh2';
import type { Unreachable } from '../../../domain/answers/failure.ts';
import type { NodeAccess } from '../../../domain/cluster/facts.ts';
import { Offers } from './offers.ts';
import { loginRefused, notReached } from './words.ts';

/** For name resolution, TCP, handshake and login together. */
const READY_LIMIT_MS = 15_000;
const KEEPALIVE = { keepaliveInterval: 10_000, keepaliveCountMax: 3 };

/** Options of a connection. `judge` returns the fault of the server's raw host key, or null. */
export interface Dial {
  readonly algorithms: Algorithms;
  readonly judge: (blob: Buffer) => Unreachable | null;
  /** For messages. */
  readonly keyPath: string;
  readonly privateKey: string;
  /** Aborts the attempt. */
  readonly signal: AbortSignal;
}

/** Logs in; throws Unreachable. The client emits `close` exactly once afterwards. */
export function logIn(access: NodeAccess, dial: Dial, note: (error: Error) => void): Promise<Client> {
  const client = new Client();
  return new Promise<Client>((resolve, reject) => {
    let fault: Unreachable | null = null;
    const offers = new Offers();
    const attempt = new KeyAttempt(access.user, dial.privateKey);
    const aborted = () => reject(dial.signal.reason);
    if (dial.signal.aborted) aborted();
    dial.signal.addEventListener('abort', aborted, { once: true });
    client.once('ready', () => resolve(client));
    client.on('error', (error: ClientError) => {
      // After `ready` the rejection has no effect; `close` follows and ends what is running.
      note(error);
      if (error.level === 'client-authentication') reject(loginRefused(access, dial.keyPath, attempt.wants(), error));
      else reject(fault ?? notReached(access, reasonOf(error, offers), error));
    });
    client.once('close', () => {
      dial.signal.removeEventListener('abort', aborted);
      reject(notReached(access, 'the connection was closed during login'));
    });
    const hostVerifier = (blob: Buffer) => {
      fault = dial.judge(blob);
      return fault === null;
    };
    const { algorithms } = dial;
    const { next: authHandler } = attempt;
    client.connect({ ...target(access), algorithms, authHandler, hostVerifier, debug: offers.note });
    // Otherwise short commands wait 40 ms twice for delayed acknowledgements.
    client.setNoDelay(true);
  }).catch((error: unknown) => {
    client.destroy();
    throw error;
  });
}

/** The server's raw host key, whose ownership the handshake proves; never logs in. Throws Unreachable. */
export function shownKey(access: NodeAccess, algorithms: Algorithms, signal: AbortSignal): Promise<Buffer> {
  const client = new Client();
  return new Promise<Buffer>((resolve, reject) => {
    let shown: Buffer | undefined;
    const offers = new Offers();
    const aborted = () => reject(signal.reason);
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    client.once('handshake', () => {
      if (shown !== undefined) resolve(shown);
    });
    client.on('error', (error) => reject(notReached(access, reasonOf(error, offers), error)));
    client.once('close', () => {
      signal.removeEventListener('abort', aborted);
      reject(notReached(access, 'the connection was closed before the node sent a host key'));
    });
    client.connect({
      ...target(access),
      algorithms,
      debug: offers.note,
      hostVerifier: (blob: Buffer) => {
        shown = blob;
        return true;
      },
    });
  }).finally(() => client.destroy());
}

const target = ({ host, port, user }: NodeAccess): ConnectConfig => ({
  host,
  port,
  username: user,
  readyTimeout: READY_LIMIT_MS,
  ...KEEPALIVE,
});

/** The one attempt to log in, with the key. */
class KeyAttempt {
  readonly #key: AnyAuthMethod;
  #refused: readonly string[] | null = null;
  #isPartial = false;
  #tried = false;

  constructor(username: string, key: string) {
    this.#key = { type: 'publickey', username, key };
  }

  readonly next = (left: readonly string[] | null, isPartial: boolean | null): AnyAuthMethod | false => {
    if (this.#tried) [this.#refused, this.#isPartial] = [left ?? [], isPartial === true];
    if (this.#tried) return false;
    this.#tried = true;
    return this.#key;
  };

  /** What the server wants besides this key, or instead of any key; null if it refused this key. */
  wants(): { readonly besides: boolean; readonly methods: readonly string[] } | null {
    const methods = this.#refused ?? [];
    if (this.#isPartial) return { besides: true, methods };
    return methods.length === 0 || methods.includes('publickey') ? null : { besides: false, methods };
  }
}

type ClientError = Error & { readonly level?: string; readonly code?: unknown };

function reasonOf(error: ClientError, offers: Offers): string {
  const mismatch = error.level === 'handshake' ? offers.mismatch() : null;
  if (mismatch !== null) return mismatch;
  if (error.level === 'client-timeout') return `no answer within ${READY_LIMIT_MS / 1000} s`;
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'the connection was refused; check that sshd runs there on this port';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the host name does not resolve; check the annotation metalk8s.scality.com/ssh-host';
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'there is no route to the address';
    case 'ECONNRESET':
      return 'the node reset the connection';
    default:
      return error.message;
  }
}
