import { type Refusal, refuse } from '../answers/refusal.ts';
import type { Facts } from '../cluster/facts.ts';
import { bytesInWords, count } from '../text/format.ts';

type Proof = Facts['proof'];

/** Refuses if what a complete registry serves is not what the bootstrap node serves; null otherwise. */
export function unlikeRefusal(proof: Proof, lead: string, again: string): Refusal | null {
  if (proof?.is !== 'different') return null;
  const next = `Check the ISO files, the mounts and the disk of ${proof.node}, then ${again} again.`;
  return refuse('registry-unfit', `${lead} What is served is not what the bootstrap node serves. ${proof.says}`, next);
}

/** What was read for this answer. It says of the layers only what the proof has found. */
export function hashedIn(proof: Proof): string {
  if (proof?.is !== 'same') return 'The layers of the images were not read.';
  const { images, blobs, bytes } = proof;
  return `Verified now: ${images}/${images} images, every layer hashed (${count(blobs, 'blob')}, ${bytesInWords(bytes)}).`;
}
