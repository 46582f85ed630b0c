import { QUESTION_NAMES, questionPlug } from '../../domain/questions/questions.ts';
import { NO_HOLDS } from '../policy/policy-context.ts';
import { rightsOf } from '../policy/rights.ts';
import type { Gather } from './gather.ts';

/** The asker's permissions in each cluster, and how the other questions are typed. */
export const knownForHelp: Gather<'help'> = async (_, { by, channel }, ports) => {
  const held = new Set(await ports.fleet.holding());
  const each = [...ports.clusters].map(([name, cluster]) => {
    const holds = held.has(name) ? cluster.holds : NO_HOLDS;
    return rightsOf(name, by, channel, { ...ports, ...cluster, holds });
  });
  const rights = await Promise.all(each);
  const mayAsk = rights.some((one) => one.mayAsk.length > 0);
  const shown = QUESTION_NAMES.filter((name) => name !== 'help' && (name !== 'plan' || mayAsk));
  const questions = shown.map((name) => questionPlug(name).usage);
  return { rights, questions, isPrivate: channel === null, off: ports.lacking?.() ?? [] };
};
