import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { MASTERS } from './certificates.ts';
import { type ApiAnswer, failure } from './status.ts';

/** Who may ask: a certificate of this cluster's CA, in system:masters; null when the request may go on. */
export function refusalFor(request: IncomingMessage): ApiAnswer | null {
  const { socket } = request;
  const subject = socket instanceof TLSSocket && socket.authorized ? socket.getPeerCertificate().subject : undefined;
  if (subject === undefined) return failure(401, 'Unauthorized', 'Unauthorized');
  if (subject.O === MASTERS) return null;
  const verb = (request.method ?? 'GET').toLowerCase();
  return failure(403, 'Forbidden', `User "${subject.CN}" cannot ${verb} path "${request.url ?? '/'}"`, {});
}
