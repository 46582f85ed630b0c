import type { Facts } from '../../domain/cluster/facts.ts';
import type { Jid } from '../../domain/cluster/salt.ts';
import type { Salt } from '../../ports/salt.ts';

/** What Salt knows of the minions and of running states, and what the minions know of the engines. */
export type SaltLook = Pick<Facts, 'salt' | 'engines'>;

/** Nothing is known from Salt. */
export const NO_SALT: SaltLook = { salt: { masterAnswers: false, answered: [], jobs: [] }, engines: [] };

/**
 * Asks Salt both at the same time: each of its commands needs one to two seconds to start (salt 3002). Engines are left out unless
 * every minion answers. `ownJobs` do not count. Throws Unreachable.
 */
export async function lookAtSalt(
  nodes: readonly string[],
  salt: Pick<Salt, 'stateRuns' | 'engines'>,
  ownJobs: readonly Jid[],
  signal: AbortSignal,
): Promise<SaltLook> {
  const over = new AbortController();
  const engines = salt.engines(nodes, AbortSignal.any([signal, over.signal]));
  const ended = Promise.allSettled([engines]);
  try {
    const told = await salt.stateRuns(nodes, signal);
    if (told === null) return NO_SALT;
    const { answered } = told;
    const jobs = told.runs.filter(({ jid }) => !ownJobs.includes(jid));
    const allAnswer = nodes.every((name) => answered.includes(name));
    return { salt: { masterAnswers: true, answered, jobs }, engines: allAnswer ? await engines : [] };
  } finally {
    // A silent minion is a refusal already: nobody waits half a minute for what it says of its engine.
    over.abort();
    await ended;
  }
}
