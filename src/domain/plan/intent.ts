import { z } from 'zod';

/** How the container engines are reconfigured: all at about the same time, or node by node. */
export const ENGINE_ORDERS = ['all', 'rolling'] as const;

export type EngineOrder = (typeof ENGINE_ORDERS)[number];

const shared = {
  cluster: z.string(),
  nodes: z.array(z.string()).readonly(),
  reason: z.string().exactOptional(),
  /** Left out: all. */
  engines: z.enum(ENGINE_ORDERS).exactOptional(),
};

/** The stored intent of each verb. A verb has an entry here and a folder in verbs/. */
export const INTENTS = {
  /** Add a registry on each of these nodes. */
  add: z.strictObject({ verb: z.literal('add'), ...shared }),
  /** Take the registry of each of these nodes away. */
  remove: z.strictObject({
    verb: z.literal('remove'),
    ...shared,
    /** The ISO files stay on the nodes. */
    keepIsos: z.literal(true).exactOptional(),
    /** Also the last registry beside the bootstrap's. */
    last: z.literal(true).exactOptional(),
  }),
  /** Bring the registries of these nodes to what the bootstrap node serves. Empty `nodes`: every registry; the plan names them. */
  sync: z.strictObject({ verb: z.literal('sync'), ...shared }),
  /** Prove that the registry of the node serves alone: the bootstrap's is taken away for a moment. */
  drill: z.strictObject({ verb: z.literal('drill'), ...shared }),
  /** Undo what the change `undoes` did before it failed or was cancelled; `nodes` are that change's. */
  undo: z.strictObject({ verb: z.literal('undo'), undoes: z.string(), ...shared }),
} as const;

/** A verb that changes a cluster, and therefore needs a plan and approvals. */
export type Verb = keyof typeof INTENTS;

type Intents = { readonly [V in Verb]: Readonly<z.infer<(typeof INTENTS)[V]>> };

/** A request with one of these verbs. */
export type IntentOf<V extends Verb> = { [K in V]: Intents[K] }[V];

/** A request of any verb. */
export type Intent = IntentOf<Verb>;

/** The schema of an intent in records. */
export const intentSchema: z.ZodType<Intent> = z.union(Object.values(INTENTS));

export const isVerb = (word: string): word is Verb => Object.hasOwn(INTENTS, word);

/** Every verb, in display order. */
export const VERB_NAMES: readonly Verb[] = Object.keys(INTENTS).filter(isVerb);

/** The ID of the change to undo; null for other intents. */
export const undoneChange = (intent: Intent): string | null => ('undoes' in intent ? intent.undoes : null);

/** `add node-2 node-3`, `undo lab-7f3k2q on node-2`, `remove node-2 --last`, `sync all`. */
export function intentInWords(intent: Intent): string {
  const undone = undoneChange(intent);
  const { engines } = intent;
  const options = [
    ...('keepIsos' in intent ? [' --keep-isos'] : []),
    ...('last' in intent ? [' --last'] : []),
    ...(engines === undefined ? [] : [` --engines ${engines}`]),
  ];
  return `${intent.verb}${undone === null ? '' : ` ${undone} on`} ${intent.nodes.join(' ') || 'all'}${options.join('')}`;
}

/** One value for each verb. */
export function forEachVerb<T>(make: (verb: Verb) => T): Readonly<Record<Verb, T>> {
  const made: Partial<Record<Verb, T>> = {};
  for (const verb of VERB_NAMES) made[verb] = make(verb);
  if (!isWhole(made)) throw new TypeError('VERB_NAMES lacks a verb.');
  return made;
}

const isWhole = <T>(made: Partial<Record<Verb, T>>): made is Record<Verb, T> =>
  VERB_NAMES.every((verb) => Object.hasOwn(made, verb));
