import { type Algorithms, Client, type ConnectConfig } from 'ssh2';
import type { Unreachable } from '../../../domain/answers/failure.ts';
import type { NodeAccess } from '../../../domain/cluster/facts.ts';
import { keyMissing, loginRefused, notReached } from './words.ts';

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
    const aborted = () => reject(dial.signal.reason);
    if (dial.signal.aborted) aborted();
    dial.signal.addEventListener('abort', aborted, { once: true });
    client.once('ready', () => resolve(client));
    client.on('error', (error) => {
      // After `ready` the rejection has no effect; `close` follows and ends what is running.
      note(error);
      reject(fault ?? faultFrom(error, access, dial.keyPath));
    });
    client.once('close', () => {
      dial.signal.removeEventListener('abort', aborted);
      reject(notReached(access, 'the connection was closed during login'));
    });
    const hostVerifier = (blob: Buffer) => {
      fault = dial.judge(blob);
      return fault === null;
    };
    try {
      client.connect({ ...loginConfig(access, dial), hostVerifier });
      // Otherwise short commands wait 40 ms twice for delayed acknowledgements.
      client.setNoDelay(true);
    } catch (cause) {
      // ssh2 throws synchronously only for an unusable private key.
      reject(keyMissing(access, dial.keyPath, 'it is not a private key without a passphrase', cause));
    }
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
    const aborted = () => reject(signal.reason);
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    client.once('handshake', () => {
      if (shown !== undefined) resolve(shown);
    });
    client.on('error', (error) => reject(faultFrom(error, access, access.keyPath)));
    client.once('close', () => {
      signal.removeEventListener('abort', aborted);
      reject(notReached(access, 'the connection was closed before the node sent a host key'));
    });
    client.connect({
      ...target(access),
      algorithms,
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

const loginConfig = (access: NodeAccess, { algorithms, privateKey }: Dial): ConnectConfig => ({
  ...target(access),
  algorithms,
  privateKey,
  authHandler: ['publickey'],
});

type ClientError = Error & { readonly level?: string; readonly code?: unknown };

function faultFrom(error: ClientError, access: NodeAccess, keyPath: string): Unreachable {
  if (error.level === 'client-authentication') return loginRefused(access, keyPath, error);
  return notReached(access, reasonOf(error), error);
}

function reasonOf(error: ClientError): string {
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
