import type { Facts } from '../../domain/cluster/facts.ts';
import type { Jid } from '../../domain/cluster/salt.ts';
import type { Salt } from '../../ports/salt.ts';

/** What Salt knows of the minions and of running states, and what the minions know of the engines. */
export type SaltLook = Pick<Facts, 'salt' | 'engines'>;

/** Nothing is known from Salt. */
export const NO_SALT: SaltLook = { salt: { masterAnswers: false, answered: [], jobs: [] }, engines: [] };

/**
 * Asks Salt everything at the same time: each of its commands needs one to three seconds to start (salt 3002). Engines are left out
 * unless every minion answers. `ownJobs` do not count. Throws Unreachable.
 */
export async function lookAtSalt(
  nodes: readonly string[],
  salt: Pick<Salt, 'answering' | 'stateRuns' | 'engines'>,
  ownJobs: readonly Jid[],
  signal: AbortSignal,
): Promise<SaltLook> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const [runs, engines] = [salt.stateRuns(either), salt.engines(nodes, either)];
  const both = Promise.allSettled([runs, engines]);
  try {
    const answered = await salt.answering(nodes, signal);
    if (answered === null) return NO_SALT;
    const jobs = (await runs).filter(({ jid }) => !ownJobs.includes(jid));
    const allAnswer = nodes.every((name) => answered.includes(name));
    return { salt: { masterAnswers: true, answered, jobs }, engines: allAnswer ? await engines : [] };
  } finally {
    // A silent minion is a refusal already: nobody waits half a minute for what it says of its engine.
    over.abort();
    await both;
  }
}
