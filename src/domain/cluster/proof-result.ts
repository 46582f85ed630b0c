import { z } from 'zod';
import { atMost } from '../text/length.ts';
import { type Data, isoTime } from '../text/shape.ts';

const name = z.string().check(atMost(300));

/** Characters of a finding; one of them may be two units of its text. */
export const FINDING_LIMIT = 400;
/** Findings of one kind that a result names; it counts the others. */
export const MOST_FINDINGS = 60;

/** What was found, and where: a node's registry, its container engine, or a part of the cluster. */
const finding = z.object({ where: name, says: z.string().check(atMost(2 * FINDING_LIMIT)) });
const findings = z.array(finding).check(atMost(MOST_FINDINGS));
const number = z.int().nonnegative();

/** Why a proof ended before everything was read. */
const CUTS = ['too-long', 'worker-stopped', 'change'] as const;

/**
 * What a proof outside of any change has compared: plain data, signed by the worker. Fields of newer versions are ignored. A result with
 * another cut cannot be read, and is called newer.
 */
export const proofResultSchema = z.object({
  cluster: name,
  /** By the worker's clock. */
  began: isoTime,
  ended: isoTime,
  /** Whether layers were read, too. */
  deep: z.boolean(),
  /** The registries that were compared: the bootstrap's first. */
  registries: z.array(z.object({ node: name, isBootstrap: z.boolean() })).check(atMost(500)),
  archives: number,
  /** Images of all archives: what each registry must serve. */
  images: number,
  /** Layers that have their SHA-256, in all registries. */
  layers: z.object({ blobs: number, bytes: number }),
  engines: z.object({ all: number, right: number }),
  differences: findings,
  moreDifferences: number,
  unread: findings,
  moreUnread: number,
  cut: z.object({ is: z.enum(CUTS), says: z.string().check(atMost(2 * FINDING_LIMIT)) }).nullable(),
});

export type ProofResult = Data<typeof proofResultSchema>;
export type ProofFinding = Data<typeof finding>;
export type ProofCut = (typeof CUTS)[number];

/** The answer of a proof. What could not be read never counts as proven, and never as different. */
export type ProofVerdict = 'proven' | 'different' | 'unknown';

export function proofVerdict({ differences, unread, cut }: ProofResult): ProofVerdict {
  if (differences.length > 0) return 'different';
  return unread.length > 0 || cut !== null ? 'unknown' : 'proven';
}

/** The nodes whose registries were proved; none if anything was different, unread or cut short. The bootstrap's is what others are compared with. */
export const provedIn = (result: ProofResult): readonly string[] =>
  proofVerdict(result) === 'proven'
    ? result.registries.filter(({ isBootstrap }) => !isBootstrap).map(({ node }) => node)
    : [];
