import type { RightsIn } from '../../domain/policy/active-holds.ts';
import { QUESTION_NAMES, questionPlug } from '../../domain/questions/questions.ts';
import { activeHoldsOf, rightsInEach } from '../policy/rights.ts';
import type { Gather, Lacking } from './gather.ts';

const NOTHING: Lacking = { off: [], closed: [] };

/** The asker's permissions in each cluster, and how the other questions are typed. */
export const knownForHelp: Gather<'help'> = async (_, { by, channel }, ports) => {
  const held = new Set(await ports.fleet.holding());
  const rightsIn = rightsInEach(by, channel);
  const rights: RightsIn[] = [];
  for (const [name, cluster] of ports.clusters) {
    const known = await rightsIn(name, { ...ports, ...cluster });
    rights.push(held.has(name) ? { ...known, ...(await activeHoldsOf({ ...ports, ...cluster })) } : known);
  }
  const mayAsk = rights.some((one) => one.mayAsk.length > 0);
  const shown = QUESTION_NAMES.filter((name) => name !== 'help' && (name !== 'plan' || mayAsk));
  const questions = shown.map((name) => questionPlug(name).usage);
  return { rights, questions, isPrivate: channel === null, ...(ports.lacking?.() ?? NOTHING) };
};
