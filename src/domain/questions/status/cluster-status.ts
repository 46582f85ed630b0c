import { z } from 'zod';
import { canonicalJson } from '../../text/canonical.ts';
import { atMost } from '../../text/length.ts';
import { type Data, isoTime } from '../../text/shape.ts';

/** Why a registry is stale, or what else keeps HA from being complete. */
const REASONS = [
  'archive-missing',
  'archive-differs',
  'not-mounted',
  'not-in-fstab',
  'include-missing',
  'manifest-copied',
  'not-in-pod',
  'pod-version',
  'pod-missing',
  'not-ready',
  'images-missing',
  'not-in-endpoints',
  'not-in-engines',
] as const;

/** What is wrong in the cluster, but not with one of its registries. */
const GAPS = [
  'one-registry',
  'no-bootstrap',
  'former-bootstrap',
  'bad-archive',
  'version-unlisted',
  'solution-unlisted',
  'strange-endpoint',
  'strange-in-engine',
] as const;

const name = z.string().check(atMost(300));
const sentence = z.string().check(atMost(400));

/** Names that a reason shows; it counts the others. */
export const MOST_NAMED = 8;

/** `of`: archives, engines, addresses or a version, whatever the reason is about. `more` counts those that are left out. */
const about = { of: z.array(name).check(atMost(MOST_NAMED)), more: z.int().nonnegative() };
const reasonSchema = z.object({ is: z.enum(REASONS), ...about });
const gapSchema = z.object({
  is: z.enum(GAPS),
  ...about,
  /** Of `strange-in-engine`: what the engines list, and the node that has the address now. Workers before this field do not say it. */
  dead: z
    .array(z.object({ url: name, owner: name.nullable() }))
    .check(atMost(MOST_NAMED))
    .exactOptional(),
});

const registrySchema = z.object({
  node: name,
  isBootstrap: z.boolean(),
  /** The version of its pod. */
  version: name.nullable(),
  /** Images served of each archive, in the order of `archives`; null: unknown. */
  served: z.array(z.int().nonnegative().nullable()).check(atMost(200)),
  stale: z.array(reasonSchema).check(atMost(REASONS.length)),
  /** What could not be read, as sentences. */
  unknown: z.array(sentence).check(atMost(20)),
});

/**
 * What a worker's inspection found: plain data, signed by the worker and stored in Redis. Fields of newer versions are ignored. A status
 * with other reasons cannot be read, and is called newer.
 */
export const clusterStatusSchema = z.object({
  cluster: name,
  /** By the worker's clock. */
  at: isoTime,
  /** Of the cluster; null: unknown. */
  version: name.nullable(),
  archives: z.array(z.object({ id: name, images: z.int().nonnegative() })).check(atMost(200)),
  registries: z.array(registrySchema).check(atMost(500)),
  engines: z.object({
    all: z.int().nonnegative(),
    /** Engines that list exactly the registries. */
    right: z.int().nonnegative(),
    /** Engines that could not be read. */
    unread: z.array(z.object({ node: name, says: sentence })).check(atMost(MOST_NAMED)),
    moreUnread: z.int().nonnegative(),
  }),
  gaps: z.array(gapSchema).check(atMost(GAPS.length)),
  /** What could not be read of the cluster, as sentences. */
  unknown: z.array(sentence).check(atMost(20)),
  /** Everything that is wrong, and since when; workers before this field do not say it. */
  troubles: z
    .array(z.object({ what: z.string().check(atMost(600)), since: isoTime }))
    .check(atMost(100))
    .default([]),
});

export type ClusterStatus = Data<typeof clusterStatusSchema>;
export type RegistryStatus = ClusterStatus['registries'][number];
export type Reason = RegistryStatus['stale'][number];
export type Gap = ClusterStatus['gaps'][number];

/** Whether HA holds. A part that is unknown never counts as fine, and never as stale. */
export type Verdict = 'holds' | 'incomplete' | 'unknown';

export function verdictOf({ gaps, registries, engines, unknown }: ClusterStatus): Verdict {
  if (gaps.length > 0 || registries.some(({ stale }) => stale.length > 0)) return 'incomplete';
  const isUnread = engines.unread.length > 0 || unknown.length > 0 || registries.some((one) => one.unknown.length > 0);
  return isUnread ? 'unknown' : 'holds';
}

/** The last status of a cluster's worker, as a bot reads it. */
export type SeenStatus =
  | { readonly is: 'none' }
  /** No trusted key has signed it. */
  | { readonly is: 'unverified' }
  /** A newer version wrote it, in a form that this version cannot read. */
  | { readonly is: 'newer' }
  | {
      readonly is: 'seen';
      readonly status: ClusterStatus;
      /** By Redis' clock. */
      readonly ageMs: number;
      /** The last request that the worker knew when this inspection began; 0: none. */
      readonly answers: number;
    };

/** True if the newer status shows anything else than the one before. */
export function isNews(before: SeenStatus, after: SeenStatus): boolean {
  if (before.is !== 'seen' || after.is !== 'seen') return before.is !== after.is;
  return canonicalJson(withoutTimes(before.status)) !== canonicalJson(withoutTimes(after.status));
}

const withoutTimes = (status: ClusterStatus) => ({ ...status, at: '', troubles: [] });
