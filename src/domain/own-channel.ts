import type { Change } from './change.ts';
import { type Refusal, refuse } from './refusal.ts';

/** A card hangs in the channel where its change was asked for; a click from elsewhere is on something that only looks like it. */
export function notInItsChannel({ channel }: Change, clickedIn: string): Refusal | null {
  if (clickedIn === channel) return null;
  return refuse(
    'not-allowed',
    'This change was asked for in another channel, and is decided there.',
    'Go to its card in that channel.',
  );
}
