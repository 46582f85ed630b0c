import { dirname, resolve } from 'node:path';
import { forEachVerb } from '../domain/plan/intent.ts';
import type { HoldRules, People, Policy, Rules } from '../domain/policy/policy.ts';
import { count } from '../domain/text/format.ts';
import { checked, didYouMean } from './mistakes.ts';
import { type ClusterText, PolicyFile } from './policy-file.ts';
import { type Layered, layersOf, mistakesBetween } from './policy-layers.ts';
import { readYaml, WrongConfig } from './read-config.ts';

/** The policies by cluster. */
export type Policies = ReadonlyMap<string, Policy>;

const MINUTE_MS = 60_000;
const DEFAULT_LIFE_MINUTES = 60;
const NOBODY: People = { users: [], groups: [] };

/** Reads a policy file on its own. Throws WrongConfig with every mistake at once, each with its fix. */
export function readPolicies(path: string): { readonly named: Policies; readonly others: Policy | null } {
  return policiesIn(readYaml(path, 'examples/policy.yaml'), path);
}

/** The policies in the content of a file, and that of each cluster which is not named in it. Throws WrongConfig with every mistake at once. */
export function policiesIn(raw: unknown, path: string) {
  const { named, others } = layersIn(raw, path);
  const each = others === null ? [...named.values()] : [...named.values(), others];
  refuseContradictions(each, path);
  const policyOf = policyOnce();
  const policies: Policies = new Map([...named].map(([name, { text }]) => [name, policyOf(text)]));
  return { named: policies, others: others === null ? null : policyOf(others.text) };
}

/** The policies for the bot's clusters: exactly one for each. Throws WrongConfig. */
export function policiesFor(clusters: readonly string[], policyFile: string, configPath: string): Policies {
  const path = resolve(dirname(configPath), policyFile);
  return policiesOf(clusters, readYaml(path, 'examples/policy.yaml'), path);
}

/** The same, in the content of a file. */
export function policiesOf(clusters: readonly string[], raw: unknown, path: string): Policies {
  const { named, others } = layersIn(raw, path);
  const strange = [...named].filter(([name]) => !clusters.includes(name));
  const served = clusters.map((name) => [name, named.get(name) ?? others] as const);
  const mistakes = [
    ...served.flatMap(([name, layered]) => (layered === null ? [`clusters.${name}: ${MISSING}`] : [])),
    ...strange.map(([name, { place }]) => {
      const where = place === `clusters.${name}` ? place : `${place}.clusters: ${name}`;
      return `${where}: the bot does not serve this cluster.${didYouMean(name, clusters)}`;
    }),
  ];
  if (mistakes.length > 0) throw new WrongConfig(path, mistakes);
  const each = served.flatMap(([name, layered]) => (layered === null ? [] : [[name, layered] as const]));
  refuseContradictions(
    each.map(([, layered]) => layered),
    path,
  );
  const policyOf = policyOnce();
  return new Map(each.map(([name, { text }]) => [name, policyOf(text)]));
}

/** One object for equal policies: with 1,000 clusters, most are, and what a person may do is then found out once. */
function policyOnce(): (text: ClusterText) => Policy {
  const made = new Map<string, Policy>();
  return (text) => {
    const key = JSON.stringify(text);
    const policy = made.get(key) ?? policyFrom(text);
    made.set(key, policy);
    return policy;
  };
}

const MISSING =
  'missing; the bot serves this cluster, so its permissions are required. Write them here, or in defaults.';

function layersIn(raw: unknown, path: string) {
  const result = checked(PolicyFile, raw);
  const mistakes = [mistakesBetween(raw), 'mistakes' in result ? result.mistakes : []].flat();
  if ('mistakes' in result || mistakes.length > 0) throw new WrongConfig(path, mistakes);
  const { unclear, ...layers } = layersOf(result.good);
  if (unclear.length > 0) throw new WrongConfig(path, unclear);
  return layers;
}

/** Clusters with the same rules have the same contradictions. */
function refuseContradictions(each: readonly Layered[], path: string): void {
  const found = new Set(each.flatMap(({ text, place }) => contradictionsOf(place, policyFrom(text))));
  if (found.size > 0) throw new WrongConfig(path, [...found]);
}

function policyFrom({
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
  approvers: approvers ?? NOBODY,
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

function contradictionsOf(place: string, { verbs, daily, alerts }: Policy): readonly string[] {
  const mute = daily !== undefined && alerts === undefined ? [`${place}.dailyCheck: ${MUTE}`] : [];
  const never = Object.entries(verbs).flatMap(([verb, rules]) => {
    const why = whyNeverEnough(rules);
    const needed = `${count(rules.approvals, 'approval is', 'approvals are')} needed for ${verb}`;
    return why === null ? [] : [`${place}.approvals: ${needed}, but ${why}`];
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
  return `only ${all} may request changes, and the requester’s own approval does not count. No change could be approved. Name one more approver, or a requester who is not an approver.`;
}
