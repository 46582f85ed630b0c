import { createHash } from 'node:crypto';
import { canonicalJson } from '../text/canonical.ts';
import type { ApprovedPart } from './plan.ts';

/** SHA-256 (hex) over the canonical form of what is approved; any other step, archive or host key gives another digest. */
export function planDigest(approved: ApprovedPart): string {
  return createHash('sha256').update(canonicalJson(approved)).digest('hex');
}

/** The digest as people compare it. */
export const shortDigest = (digest: string): string => digest.slice(0, 12);
