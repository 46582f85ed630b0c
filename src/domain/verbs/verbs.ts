import type { Verb } from '../plan/intent.ts';
import { add } from './add/add.ts';
import { undo } from './undo/undo.ts';
import type { VerbPlug } from './verb.ts';

/** Every verb that changes a cluster. A new one is a folder beside this file, a line here, and its intent in INTENTS. */
const VERBS: { readonly [V in Verb]: VerbPlug<V> } = { add, undo };

/** Everything about a verb. */
export function verbPlug<V extends Verb>(verb: V): VerbPlug<V> {
  return VERBS[verb];
}
