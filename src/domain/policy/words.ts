import { VERB_NAMES } from '../plan/intent.ts';
import { canonicalJson } from '../text/canonical.ts';
import { count, listed } from '../text/format.ts';
import { everyGroupOf } from './people.ts';
import {
  DEFAULT_NOTIFY,
  HOLD_VERBS,
  type HoldRules,
  type Notify,
  type People,
  type Policy,
  type Rules,
} from './policy.ts';
import { freezeInWords, type PlannedFreeze, windowInWords } from './time.ts';

/** The policies of clusters in sentences, below a line with their names; those that are alike share one paragraph. */
export function policiesInWords(
  policies: ReadonlyMap<string, Policy>,
  others: Policy | null,
  now: Date,
): readonly string[] {
  const named = [...policies].map(([name, policy]) => ({ name, policy }));
  const all = others === null ? named : [...named, { name: named.length === 0 ? EVERY : EVERY_OTHER, policy: others }];
  return [...Map.groupBy(all, ({ policy }) => canonicalJson(policy)).values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const names = listed(alike.map(({ name }) => name));
    return [`${alike.length === 1 ? 'Cluster' : 'Clusters'} ${names}:`, ...policyInWords(first.policy, now)];
  });
}

const EVERY = '(every one that the bot serves)';
const EVERY_OTHER = '(every other one that the bot serves)';

function policyInWords(policy: Policy, now: Date): readonly string[] {
  return [
    ...perVerb(VERB_NAMES, policy.verbs, changeInWords),
    ...perVerb(HOLD_VERBS, policy.holds, holdInWords),
    ...(policy.engines === 'rolling' ? [ROLLING] : []),
    ...policy.freezes.map((freeze) => `  ${plannedInWords(freeze, now)}`),
    `  ${callsInWords(policy.notify ?? DEFAULT_NOTIFY)}`,
    ...(policy.alerts === undefined ? [] : [`  News about the registries themselves are posted in ${policy.alerts}.`]),
    ...(policy.daily === undefined
      ? []
      : [`  Every day at ${policy.daily.at} ${policy.daily.zone}, all registries are verified.`]),
    ...(everyGroupOf(policy).groups.length === 0 ? [] : [`  ${NEEDS_GROUPS}`]),
  ];
}

const plannedInWords = (freeze: PlannedFreeze, now: Date): string =>
  Date.parse(freeze.to) <= now.getTime()
    ? `This freeze is over and stops nothing: ${freezeInWords(freeze)}. Remove it, or correct its year.`
    : `No change may start: ${freezeInWords(freeze)}.`;

function callsInWords({ by, remindMs }: Notify): string {
  if (by === 'none') return 'Nobody is called when a decision is wanted.';
  const how = by === 'direct' ? 'by direct messages' : 'in the thread of the card';
  return `Approvers are called ${how} when a decision is wanted, and again ${minutes(remindMs)} before the plan expires.`;
}
const ROLLING = '  The container engines are reconfigured one node after another, unless a request says --engines all.';

const NEEDS_GROUPS =
  'The policy names user groups. The Slack app needs the scope usergroups:read, and the workspace needs a paid plan. A group that cannot be read gives nobody permission.';

/** Verbs with the same rules share one paragraph. */
function perVerb<V extends string, R>(
  verbs: readonly V[],
  rules: Readonly<Record<V, R>>,
  inWords: (rules: R) => readonly string[],
): readonly string[] {
  const alike = Map.groupBy(verbs, (verb) => canonicalJson(rules[verb]));
  return [...alike.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    return [`  ${same.join(', ')}:`, ...inWords(rules[first]).map((sentence) => `    ${sentence}`)];
  });
}

function changeInWords(rules: Rules): readonly string[] {
  const { approvals, requesterCounts, approvers, windows } = rules;
  const who = approvals === 1 ? 'One' : `${approvals}`;
  const own = requesterCounts ? 'The requester may be one of them' : 'The requester does not count';
  return [
    `${mayAsk(rules)} may request it ${where(rules)}.`,
    `${who} of ${inWords(approvers)} must approve. ${own}.`,
    `A plan expires after ${minutes(rules.planLivesMs)}, or earlier if the worker’s limit is shorter. An approved change must start within ${minutes(rules.approvalLivesMs)}.`,
    windows.length === 0 ? 'It may start at any time.' : `It may start only ${windows.map(windowInWords).join('; ')}.`,
    ...glassInWords(rules),
  ];
}

function glassInWords({ breakGlass }: Rules): readonly string[] {
  if (breakGlass === undefined) return [];
  const { by, tell } = breakGlass;
  return [
    `In an emergency, ${inWords(by)} may approve it alone at any time, with a reason. Then ${inWords(tell)} are told.`,
  ];
}

const holdInWords = (rules: HoldRules): readonly string[] => [
  `${mayAsk(rules)} may set it ${where(rules)}. The person who set it, and ${inWords(rules.approvers)}, may lift it.`,
];

function mayAsk({ requesters, approvers }: HoldRules): string {
  const some = [...requesters.users, ...requesters.groups].length > 0;
  return some ? `${inWords(requesters)}, and all approvers,` : `Only approvers (${inWords(approvers)})`;
}

function where({ channels }: HoldRules): string {
  return channels === null ? 'in every channel that the bot is in' : `in ${listed(channels)}`;
}

const inWords = ({ users, groups }: People): string =>
  listed([...users, ...groups.map((group) => `the members of ${group}`)]);

const minutes = (ms: number): string => count(ms / 60_000, 'minute');
