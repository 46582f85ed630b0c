import { createHash } from 'node:crypto';
import { canonicalJson } from '../text/canonical.ts';
import type { ApprovedPart } from './plan.ts';

/** SHA-256 (hex) of the approved part in canonical form. Any difference in steps, archives or host keys changes it. */
export function planDigest(approved: ApprovedPart): string {
  return createHash('sha256').update(canonicalJson(approved)).digest('hex');
}

/** The first 12 characters, for people to compare. */
export const shortDigest = (digest: string): string => digest.slice(0, 12);
