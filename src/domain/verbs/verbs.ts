import type { Verb } from '../plan/intent.ts';
import { add } from './add/add.ts';
import { drill } from './drill/drill.ts';
import { remove } from './remove/remove.ts';
import { sync } from './sync/sync.ts';
import { undo } from './undo/undo.ts';
import type { VerbPlug } from './verb.ts';

/** Every verb that changes a cluster. A new verb needs a folder beside this file, an entry here and in UNDOING, and its intent in INTENTS. */
const VERBS: { readonly [V in Verb]: VerbPlug<V> } = { add, remove, sync, drill, undo };

/** The implementation of a verb. */
export function verbPlug<V extends Verb>(verb: V): VerbPlug<V> {
  return VERBS[verb];
}
