import { z } from 'zod';
import type { Data } from '../text/shape.ts';

/** What tells one machine from another; null: unknown. Cloned machines may share both. */
export const machineIds = z.strictObject({
  /** /etc/machine-id: machine-id(5); Kubernetes has it as `status.nodeInfo.machineID`. */
  id: z.string().nullable(),
  /** The firmware's UUID, in small letters; Kubernetes has it as `status.nodeInfo.systemUUID`. */
  uuid: z.string().nullable(),
});
export type MachineIds = Data<typeof machineIds>;

/** The machine that the worker reaches over SSH. */
export interface MachineFacts extends MachineIds {
  /** The addresses of its interfaces. */
  readonly addresses: readonly string[];
}

/** How a machine differs from what is expected of a node; null when nothing differs and at least two witnesses agree. */
export function otherMachine(expected: MachineIds & { readonly ip: string | null }, seen: MachineFacts): string | null {
  if (expected.ip === null || !seen.addresses.includes(expected.ip))
    return `none of its interfaces has the address ${expected.ip ?? 'of the node'}`;
  const difference = otherIds(expected, seen);
  if (difference !== null) return difference;
  const isKnown = (key: keyof MachineIds) => expected[key] !== null && seen[key] !== null;
  return isKnown('id') || isKnown('uuid') ? null : 'neither its machine ID nor its system UUID can be compared';
}

/** How the IDs of a machine differ from those that Kubernetes has; null when none is known to differ. */
export function otherIds(expected: MachineIds, seen: MachineIds): string | null {
  if (differs(expected.id, seen.id)) return `its machine ID is ${seen.id} instead of ${expected.id}`;
  if (differs(expected.uuid, seen.uuid)) return `its system UUID is ${seen.uuid} instead of ${expected.uuid}`;
  return null;
}

const differs = (one: string | null, other: string | null): boolean => one !== null && other !== null && one !== other;

/** An ID as this project compares it; null when it is empty. */
export const machineWord = (text: string): string | null => text.trim().toLowerCase() || null;
