import type { Change } from '../../change/change.ts';
import { REGISTRY_MANIFEST } from '../../node-commands/undo-commands.ts';
import type { IntentOf } from '../../plan/intent.ts';
import { type JournalRecord, type Known, ORDINARY, type TargetSearch, type VerbPlug } from '../verb.ts';
import { isOfFiles } from './footprint.ts';
import { parseUndo } from './parse.ts';
import { planUndo } from './plan.ts';
import { undoUsage, undoWords } from './words.ts';

/** `undo CHANGE`: undoes what a change did before it failed or was cancelled. */
export const undo: VerbPlug<'undo'> = {
  ...ORDINARY,
  usage: undoUsage,
  takes: 'CHANGE',
  parse: parseUndo,
  form: null,
  notesBefore: false,
  searchFor,
  plan: (intent, { facts, record, when }) => planUndo(intent, facts, record ?? NOTHING_KNOWN, when),
  words: undoWords,
};

const NOTHING_KNOWN: JournalRecord = { change: null, later: [] };

/** The intent that undoes this change, with its nodes, and with its order of the engines. */
export function undoOf({ id, intent }: Change, reason?: string): IntentOf<'undo'> {
  const { cluster, nodes, engines } = intent;
  const details = { ...(reason === undefined ? {} : { reason }), ...(engines === undefined ? {} : { engines }) };
  return { verb: 'undo', undoes: id, cluster, nodes, ...details };
}

/** The copied archives, their part files, and the registry's manifest. */
function searchFor({ record }: Known): TargetSearch {
  const copies = (record?.change?.plan?.approved.steps ?? []).flatMap((step) => (step.kind === 'copy' ? [step] : []));
  return {
    archives: copies
      .map(({ archive }) => archive)
      .filter(({ path }, at, all) => all.findIndex((one) => one.path === path) === at),
    reach: record?.change != null && isOfFiles(record.change) ? 'files' : 'cluster',
    paths: [REGISTRY_MANIFEST, ...new Set(copies.map(({ part }) => part))],
  };
}
