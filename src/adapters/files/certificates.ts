import { X509Certificate } from 'node:crypto';

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** When each certificate of a PEM text expires, in the order of the text. Throws an Error of Node for a text that is none. */
export const expiriesIn = (pem: string): readonly Date[] =>
  [...pem.matchAll(BLOCK)].map(([block]) => new Date(new X509Certificate(block).validTo));
