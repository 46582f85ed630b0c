import { z } from 'zod';
import type { Data } from '../text/shape.ts';

/** Every refusal code. Before the start, a refusal leaves the cluster unchanged. */
export const REFUSALS = [
  'bad-command',
  'unknown-cluster',
  'unknown-node',
  'bootstrap-node',
  'node-not-ready',
  'no-address',
  'wrong-machine',
  'two-bootstraps',
  'registry-exists',
  'no-registry',
  'last-registry',
  'nothing-to-sync',
  'mount-unclear',
  'upgrade-under-way',
  'script-running',
  'version-too-old',
  'unknown-layout',
  'engine-unreadable',
  'native-registry',
  'config-unreadable',
  'archive-missing',
  'archive-unreadable',
  'archive-directory',
  'archive-damaged',
  'archive-not-mounted',
  'archive-path',
  'duplicate-versions',
  'solutions-version',
  'solutions-mismatch',
  'no-space',
  'file-in-the-way',
  'folder-open',
  'port-taken',
  'ssh-refused',
  'host-key-changed',
  'no-sudo',
  'tool-missing',
  'minion-silent',
  'salt-busy',
  'salt-master-down',
  'bootstrap-registry-not-ready',
  'bootstrap-registry-incomplete',
  'registry-unfit',
  'engine-without-registry',
  'registry-away',
  'own-request',
  'not-approvable',
  'not-allowed',
  'group-unreadable',
  'wrong-channel',
  'frozen',
  'locked',
  'outside-window',
  'approval-withdrawn',
  'approval-invalid',
  'clock-skew',
  'record-unverified',
  'newer-version',
  'expired',
  'decided-already',
  'plan-stale',
  'unknown-change',
  'not-undoable',
  'nothing-to-undo',
  'undo-asked',
  'not-confirmed',
] as const;

export type RefusalCode = (typeof REFUSALS)[number];

/** A refusal as a value: its code, the explanation, and the next action. */
export const refusalSchema = z.strictObject({
  refused: z.enum(REFUSALS),
  says: z.string(),
  tryNext: z.string().exactOptional(),
  /** Slack IDs of the people and user groups who can help. */
  ask: z.strictObject({ users: z.array(z.string()), groups: z.array(z.string()) }).exactOptional(),
});
export type Refusal = Data<typeof refusalSchema>;

export function refuse(refused: RefusalCode, says: string, tryNext?: string): Refusal {
  return tryNext === undefined ? { refused, says } : { refused, says, tryNext };
}

/** A refusal whose next action is to ask somebody; `otherwise` when nobody can be named. */
export function refuseAndName(
  refused: RefusalCode,
  says: string,
  ask: NonNullable<Refusal['ask']>,
  otherwise: string,
): Refusal {
  return ask.users.length + ask.groups.length === 0
    ? refuse(refused, says, otherwise)
    : { refused, says, ask: { users: ask.users, groups: ask.groups } };
}

export function isRefusal<T>(answer: T | Refusal): answer is Refusal {
  return typeof answer === 'object' && answer !== null && 'refused' in answer;
}
