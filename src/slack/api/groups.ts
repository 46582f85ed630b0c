import { z } from 'zod';
import type { GroupMembers } from '../../domain/policy/people.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Groups } from '../../ports/policy.ts';
import { boltLog } from './bolt-log.ts';
import { type SlackRefused, slackRefused } from './slack-refused.ts';
import { webClient } from './web-client.ts';

/** Cache time; usergroups.users.list is a Tier 2 method, 20 calls a minute. */
const KEPT_MS = 60_000;
/** Cache time of a failure. */
const FAILURE_KEPT_MS = 10_000;
/** Reads for information only, within the window; decisions have the rest of the 20 calls a minute. */
const SPARE_READS = 4;
const SPARE_WINDOW_MS = 60_000;
/** Short, because a person waits for the reply to a click. */
const ANSWER_LIMIT_MS = 5_000;

export interface GroupsOptions {
  readonly botToken: string;
  readonly slackApiUrl?: string | undefined;
  readonly clock: Pick<Clock, 'steadyMs'>;
  readonly log: Log;
}

/** The library does not check the response. */
const Ids = z.array(z.string());

interface Kept {
  readonly until: number;
  readonly answer: Promise<GroupMembers>;
}

/** Reads Slack's user groups on demand, with a cache. */
export function slackGroups(options: GroupsOptions): Groups {
  const logger = boltLog(options.log);
  // Without retries, because a person waits for the reply to a click.
  const client = webClient(options, { logger, retryConfig: { retries: 0 }, timeout: ANSWER_LIMIT_MS });
  const kept = new Map<string, Kept>();
  const now = () => options.clock.steadyMs();
  const read = async (group: string): Promise<GroupMembers> => {
    try {
      const { users } = await client.usergroups.users.list({ usergroup: group });
      const ids = Ids.safeParse(users).data;
      return ids === undefined ? { are: 'unknown', why: 'Slack returned no list' } : { are: 'known', ids };
    } catch (error) {
      const refused = slackRefused(error);
      kept.set(group, { until: now() + Math.max(FAILURE_KEPT_MS, refused.retryAfterMs), answer: whyUnknown(refused) });
      options.log.warn({ group, code: refused.code, fault: refused.fault }, 'User group could not be read');
      return await whyUnknown(refused);
    }
  };
  const fresh = (group: string) => {
    const known = kept.get(group);
    return known !== undefined && known.until > now() ? known.answer : null;
  };
  const members = (group: string) => {
    const known = fresh(group);
    if (known !== null) return known;
    const answer = read(group);
    kept.set(group, { until: now() + KEPT_MS, answer });
    return answer;
  };
  const mayRead = spareReads(now);
  return {
    members,
    async spare(group) {
      const known = fresh(group);
      if (known !== null) return await known;
      return mayRead() ? await members(group) : { are: 'unknown', why: 'too many people asked within a minute' };
    },
  };
}

/** True for the first few reads within the window. */
function spareReads(now: () => number): () => boolean {
  const spared: number[] = [];
  return () => {
    while ((spared[0] ?? now()) <= now() - SPARE_WINDOW_MS) spared.shift();
    if (spared.length >= SPARE_READS) return false;
    spared.push(now());
    return true;
  };
}

/** Error codes of usergroups.users.list (method page). */
const CODES: ReadonlyMap<string, string> = new Map([
  ['plan_upgrade_required', 'user groups need a paid Slack plan'],
  ['missing_scope', 'the app lacks the scope usergroups:read'],
  ['no_such_subteam', 'there is no such group'],
]);

async function whyUnknown({ fault, code, retryAfterMs }: SlackRefused): Promise<GroupMembers> {
  return { are: 'unknown', why: CODES.get(code) ?? FAULTS[fault]?.(retryAfterMs) ?? `Slack reports ${code}` };
}

const FAULTS: Readonly<Partial<Record<SlackRefused['fault'], (retryAfterMs: number) => string>>> = {
  'rate-limited': (ms) => `Slack’s rate limit is reached, retry in ${Math.ceil(ms / 1000)} s`,
  unavailable: () => 'Slack does not answer',
};
