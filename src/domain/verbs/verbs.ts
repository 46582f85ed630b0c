import type { Verb } from '../plan/intent.ts';
import { add } from './add/add.ts';
import { undo } from './undo/undo.ts';
import type { VerbPlug } from './verb.ts';

/** Every verb that changes a cluster. A new verb needs a folder beside this file, an entry here, and its intent in INTENTS. */
const VERBS: { readonly [V in Verb]: VerbPlug<V> } = { add, undo };

/** The implementation of a verb. */
export function verbPlug<V extends Verb>(verb: V): VerbPlug<V> {
  return VERBS[verb];
}
