import { dirname, resolve } from 'node:path';
import { forEachVerb } from '../domain/plan/intent.ts';
import type { HoldRules, People, Policy, Rules } from '../domain/policy/policy.ts';
import { count } from '../domain/text/format.ts';
import { didYouMean } from './mistakes.ts';
import { type ClusterText, PolicyFile } from './policy-file.ts';
import { parsedAs, readYaml, WrongConfig } from './read-config.ts';

/** The policies by cluster. */
export type Policies = ReadonlyMap<string, Policy>;

const MINUTE_MS = 60_000;
const DEFAULT_LIFE_MINUTES = 60;
const NOBODY: People = { users: [], groups: [] };

/** Reads a policy file. Throws WrongConfig with every mistake at once, each with its fix. */
export function readPolicies(path: string): Policies {
  return policiesIn(readYaml(path, 'examples/policy.yaml'), path);
}

/** The policies in the content of a file. Throws WrongConfig with every mistake at once. */
export function policiesIn(raw: unknown, path: string): Policies {
  const { clusters } = parsedAs(PolicyFile, raw, path);
  // One object for equal policies: with 1,000 clusters, most are, and what a person may do is then found out once.
  const equal = new Map<string, Policy>();
  const policies = new Map(
    Object.entries(clusters).map(([name, text]) => {
      const key = JSON.stringify(text);
      const policy = equal.get(key) ?? policyOf(text);
      equal.set(key, policy);
      return [name, policy] as const;
    }),
  );
  const contradictions = [...policies].flatMap(([name, policy]) => contradictionsOf(name, policy));
  if (contradictions.length > 0) throw new WrongConfig(path, contradictions);
  return policies;
}

/** The policies for the bot's clusters: exactly one for each. Throws WrongConfig. */
export function policiesFor(clusters: readonly string[], policyFile: string, configPath: string): Policies {
  const path = resolve(dirname(configPath), policyFile);
  const policies = readPolicies(path);
  const missing = clusters.filter((name) => !policies.has(name));
  const strange = [...policies.keys()].filter((name) => !clusters.includes(name));
  const mistakes = [
    ...missing.map(
      (name) => `clusters.${name}: missing; the bot serves this cluster, so its permissions are required.`,
    ),
    ...strange.map((name) => `clusters.${name}: the bot does not serve this cluster.${didYouMean(name, clusters)}`),
  ];
  if (mistakes.length > 0) throw new WrongConfig(path, mistakes);
  return policies;
}

function policyOf({
  verbs = {},
  freezes = [],
  alerts,
  notify,
  dailyCheck,
  apply = {},
  ...shared
}: ClusterText): Policy {
  const hold = (verb: 'freeze' | 'lock'): HoldRules => holdRulesOf({ ...shared, ...verbs[verb] });
  return {
    verbs: forEachVerb((verb) => rulesOf({ ...shared, ...verbs[verb] })),
    holds: { freeze: hold('freeze'), lock: hold('lock') },
    freezes,
    ...apply,
    ...(alerts === undefined ? {} : { alerts }),
    ...(notify === undefined ? {} : { notify: { by: notify.by, remindMs: notify.remindMinutes * MINUTE_MS } }),
    ...(dailyCheck === undefined ? {} : { daily: dailyCheck }),
  };
}

type Merged = Omit<ClusterText, 'verbs' | 'freezes' | 'alerts' | 'notify' | 'apply' | 'dailyCheck'>;

const holdRulesOf = ({ channels, requesters, approvers }: Pick<Merged, 'channels' | 'requesters' | 'approvers'>) => ({
  channels: channels ?? null,
  requesters: requesters ?? NOBODY,
  approvers,
});

function rulesOf(text: Merged): Rules {
  return {
    ...holdRulesOf(text),
    approvals: text.approvals ?? 1,
    requesterCounts: text.requesterCounts ?? false,
    planLivesMs: (text.planLivesMinutes ?? DEFAULT_LIFE_MINUTES) * MINUTE_MS,
    approvalLivesMs: (text.approvalLivesMinutes ?? DEFAULT_LIFE_MINUTES) * MINUTE_MS,
    windows: text.windows ?? [],
    ...(text.breakGlass === undefined ? {} : { breakGlass: text.breakGlass }),
  };
}

function contradictionsOf(cluster: string, { verbs, daily, alerts }: Policy): readonly string[] {
  const mute = daily !== undefined && alerts === undefined ? [`clusters.${cluster}.dailyCheck: ${MUTE}`] : [];
  const never = Object.entries(verbs).flatMap(([verb, rules]) => {
    const why = whyNeverEnough(rules);
    const needed = `${count(rules.approvals, 'approval is', 'approvals are')} needed for ${verb}`;
    return why === null ? [] : [`clusters.${cluster}.approvals: ${needed}, but ${why}`];
  });
  return [...mute, ...never];
}

const MUTE = 'there is no channel for its messages. Add alerts: C… to the cluster.';

/** Why no request could get enough approvals; null when one could. A group may have any number of members. */
function whyNeverEnough({ approvals, approvers, requesters, requesterCounts }: Rules): string | null {
  if (approvers.groups.length > 0) return null;
  const named = new Set(approvers.users).size;
  if (approvals > named)
    return `only ${count(named, 'approver is', 'approvers are')} named. No change could be approved. Name more approvers, or require fewer approvals.`;
  const canOthersAsk = requesters.groups.length > 0 || requesters.users.some((id) => !approvers.users.includes(id));
  if (approvals < named || requesterCounts || canOthersAsk) return null;
  const all = named === 1 ? 'the approver' : `the ${named} approvers`;
  return `only ${all} may request changes, and the requester's own approval does not count. No change could be approved. Name one more approver, or a requester who is not an approver.`;
}
