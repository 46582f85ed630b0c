import { TLSSocket } from 'node:tls';
import type { Redis } from 'ioredis';

/** When the certificate expires that Redis has shown on this connection; null without a connection, or without TLS. */
export function serverExpires(redis: Redis): Date | null {
  const socket: unknown = redis.stream;
  const shown = redis.status === 'ready' && socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  return shown === undefined ? null : new Date(shown.validTo);
}
