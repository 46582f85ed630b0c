import { clusterOf } from '../../domain/change/change-id.ts';
import { unknownChange } from '../../domain/verbs/undo/refusals.ts';
import { recordRefusal } from '../record/record-refusal.ts';
import { listedChange } from './changes.ts';
import type { Gather } from './gather.ts';
import { whyHidden } from './visible-clusters.ts';

/** The change that was asked for. */
export const knownForShow: Gather<'show'> = async ({ change: id }, asker, ports) => {
  const name = clusterOf(id);
  const hidden = await whyHidden(name, asker, ports);
  if (hidden !== null) return hidden;
  const stored = (await ports.clusters.get(name)?.changes.get(id)) ?? null;
  if (stored === null) return unknownChange(id);
  if (stored.doubt !== undefined) return recordRefusal(id, stored.doubt, 'bot');
  return await listedChange(stored.change, ports);
};
