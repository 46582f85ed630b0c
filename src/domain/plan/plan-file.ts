import { createHash } from 'node:crypto';
import { canonicalJson } from '../text/canonical.ts';
import { jsonIn } from '../text/json.ts';
import { planDigest } from './digest.ts';
import type { ApprovedPart } from './plan.ts';
import { approvedText } from './plan-text.ts';

const NAMED = 'Digest: ';
const APPROVED = '======== Approved: the digest covers this part ========';
const DATA = 'The same as data. The SHA-256 of the line between the two markers, without its line end, is the digest.';
const BEGIN = '-----BEGIN APPROVED PLAN-----';
const END = '-----END APPROVED PLAN-----';

/** The file of a plan: a title, what was seen, what is approved in words, and the same as data between two markers. */
export const planFileText = (title: string, seen: string, approved: ApprovedPart): string =>
  `${title}\n${NAMED}${planDigest(approved)}\n\n${seen}\n\n${endOf(approved, canonicalJson(approved))}`;

const endOf = (approved: ApprovedPart, json: string): string =>
  `${APPROVED}\n\n${approvedText(approved)}\n\n${DATA}\n${BEGIN}\n${json}\n${END}\n`;

/** A plan file without its data, which nobody reads on a screen; not a whole plan file any more. */
export const withoutData = (text: string): string =>
  text.slice(0, Math.max(0, text.lastIndexOf(`\n${DATA}\n${BEGIN}\n`)));

/** A plan file as it was read. */
export interface ReadPlanFile {
  /** SHA-256 (hex) of the data. */
  readonly digest: string;
  /** The digest that the file names. */
  readonly named: string;
  /** The data, unchecked. */
  readonly data: unknown;
  /** Whether the words about this plan are those of the file. */
  saysSameAs(approved: ApprovedPart): boolean;
}

/** Null for any other text, also for a plan file that lacks its end. */
export function readPlanFile(text: string): ReadPlanFile | null {
  const unix = text.replaceAll('\r\n', '\n').trimEnd();
  const [end, json = '', begin] = unix.split('\n').toReversed();
  const named = unix.split('\n')[1] ?? '';
  const data = jsonIn(json);
  if (end !== END || begin !== BEGIN || !named.startsWith(NAMED) || data === undefined) return null;
  return {
    digest: createHash('sha256').update(json).digest('hex'),
    named: named.slice(NAMED.length),
    data,
    saysSameAs: (approved) => `${unix}\n`.endsWith(`\n${endOf(approved, json)}`),
  };
}
