import { QUESTION_NAMES, questionPlug } from '../../domain/questions/questions.ts';
import { rightsOf } from '../policy/rights.ts';
import type { Gather } from './gather.ts';

/** The asker's permissions in each cluster, and how the other questions are typed. */
export const knownForHelp: Gather<'help'> = async (_, { by, channel }, ports) => {
  const each = [...ports.clusters].map(([name, cluster]) => rightsOf(name, by, channel, { ...ports, ...cluster }));
  const questions = QUESTION_NAMES.filter((name) => name !== 'help').map((name) => questionPlug(name).usage);
  return { rights: await Promise.all(each), questions };
};
