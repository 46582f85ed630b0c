import { z } from 'zod';
import { ENGINE_ORDERS, forEachVerb } from '../domain/plan/intent.ts';
import { CALL_WAYS, DEFAULT_NOTIFY } from '../domain/policy/policy.ts';
import { DAYS, SHORTEST_WINDOW_MS } from '../domain/policy/time.ts';
import { atLeast, atMost } from '../domain/text/length.ts';

/** Text that must be a Slack ID; `letters` are the possible first letters of this kind of ID. */
export const slackId = (letters: string, what: string) =>
  z
    .string()
    .regex(
      new RegExp(`^[${letters}][A-Z0-9]{2,}$`),
      `${what} starts with ${letters.length === 1 ? letters : [...letters].join(' or ')} (Slack: profile, group or channel details → Copy ID)`,
    );

const wholeNumber = (most: number, tooMuch: string) =>
  z.number('write a whole number').int('write a whole number').min(1, 'at least 1').max(most, tooMuch);

const Minutes = wholeNumber(24 * 60, 'at most 1440 (one day): an older plan may no longer match the cluster');

const PeopleList = z
  .strictObject(
    {
      users: z.array(slackId('UW', 'a user ID')).default([]).describe('Slack user IDs'),
      groups: z
        .array(slackId('S', 'a user group ID'))
        .default([])
        .describe('Slack user group IDs; requires a paid plan and the scope usergroups:read'),
    },
    { error: wrongPeople },
  )
  .describe('People, by user ID or user group');

const SomePeople = PeopleList.refine(({ users, groups }) => users.length + groups.length > 0, {
  error: 'name at least one user or group; otherwise nothing can be approved',
});

const Channels = z
  .array(slackId('CG', 'a channel ID'))
  .check(atLeast(1, 'name a channel, or remove the key to allow every channel that the bot is in'))
  .describe('Channels for requests and decisions; default: every channel that the bot is in');

const HOW_TIMES_ARE_WRITTEN = 'write it as "HH:MM", in quotes';
const clockTime = (pattern: RegExp) => z.string(HOW_TIMES_ARE_WRITTEN).regex(pattern, HOW_TIMES_ARE_WRITTEN);

const Zone = z
  .string()
  .refine(isZone, { error: 'unknown time zone; write an IANA name such as Europe/Paris or UTC' })
  .describe('IANA time zone');

const TimeOfDay = clockTime(/^([01]\d|2[0-3]):[0-5]\d$/).describe('HH:MM, local time in the zone');

const Window = z
  .strictObject({
    days: z
      .array(z.enum(DAYS, { error: `a day is one of ${DAYS.join(', ')}` }))
      .check(atLeast(1, 'name at least one day')),
    from: TimeOfDay,
    to: clockTime(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/).describe(
      'HH:MM, local time in the zone; on the next day if earlier than from',
    ),
    zone: Zone,
  })
  .refine(({ from, to }) => lengthMs(from, to) >= SHORTEST_WINDOW_MS, {
    error: 'a window lasts at least 15 minutes; for the whole day write from: "00:00", to: "24:00"',
  });

const Moment = z.iso.datetime({
  offset: true,
  error: 'write a time with its UTC offset, such as 2026-12-20T00:00:00+01:00',
});

const Freeze = z
  .strictObject({ from: Moment, to: Moment, reason: z.string().check(atLeast(1, 'write a reason'), atMost(200)) })
  .refine(({ from, to }) => !(Date.parse(from) >= Date.parse(to)), {
    error: 'the end must be later than the beginning',
  });

const BreakGlass = z
  .strictObject({
    by: SomePeople.describe('Who may approve alone, with a reason'),
    tell: SomePeople.describe('Who is mentioned in the channel then'),
  })
  .describe('Emergency: one person approves alone, at any time; default: nobody may');

const rules = {
  channels: Channels.exactOptional(),
  requesters: PeopleList.exactOptional().describe('Who may request changes, in addition to the approvers'),
  approvers: SomePeople.exactOptional().describe('Who may approve, deny and cancel'),
  approvals: wholeNumber(10, 'at most 10').exactOptional().describe('Number of approvals required; default 1'),
  requesterCounts: z.boolean().exactOptional().describe('true: approvers may approve their own change; default false'),
  planLivesMinutes: Minutes.exactOptional().describe('Minutes in which a plan can be approved; default 60'),
  approvalLivesMinutes: Minutes.exactOptional().describe('Minutes in which an approved change must start; default 60'),
  windows: z.array(Window).exactOptional().describe('When changes may start; default: any time'),
  breakGlass: BreakGlass.exactOptional(),
};

const OfVerb = z.strictObject(rules).describe('Rules for this verb; each key replaces the same key of the cluster');

const OfHold = z
  .strictObject({ channels: rules.channels, requesters: rules.requesters, approvers: rules.approvers })
  .describe('Rules for this verb: requesters may set it; the person who set it and approvers may lift it');

const OfCluster = z.strictObject({
  ...rules,
  freezes: z.array(Freeze).exactOptional().describe('Periods in which no change may start'),
  apply: z
    .strictObject({
      engines: z
        .enum(ENGINE_ORDERS, { error: `write one of ${ENGINE_ORDERS.join(', ')}` })
        .exactOptional()
        .describe('rolling: the container engines are reconfigured one node after another; default all'),
    })
    .exactOptional()
    .describe('How changes are applied'),
  alerts: slackId('CG', 'a channel ID')
    .exactOptional()
    .describe('Channel for a message when a registry became stale, and when all is well again; default: none'),
  notify: z
    .strictObject({
      by: z
        .enum(CALL_WAYS, { error: `one of ${CALL_WAYS.join(', ')}` })
        .default(DEFAULT_NOTIFY.by)
        .describe('thread: mentions in the card’s thread; direct: direct messages; none: nobody is called'),
      remindMinutes: wholeNumber(24 * 60, 'at most 1440 (one day)')
        .default(DEFAULT_NOTIFY.remindMs / 60_000)
        .describe('Minutes before a plan expires at which approvers are reminded'),
    })
    .exactOptional()
    .describe('How approvers are told that they are needed; default: mentions in the thread'),
  dailyCheck: z
    .strictObject({ at: TimeOfDay, zone: Zone })
    .exactOptional()
    .describe('When all registries are verified every day; a message only if that finds something; default: never'),
  verbs: z
    .strictObject({
      ...forEachVerb(() => OfVerb.exactOptional()),
      freeze: OfHold.exactOptional(),
      lock: OfHold.exactOptional(),
    })
    .exactOptional()
    .describe('Rules for single verbs'),
});

const OfGroup = OfCluster.extend({
  clusters: z
    .array(z.string())
    .check(atLeast(1, 'name the clusters of this group'))
    .describe('The clusters that have these rules; a cluster is in one group at most'),
}).describe('Rules of several clusters; each key replaces the same key of the defaults');

/** The policy file: the rules of all clusters, of groups of them and of single ones, and what differs for single verbs. */
export const PolicyFile = z
  .strictObject({
    defaults: OfCluster.exactOptional().describe('Rules of every cluster that says nothing else'),
    clusterGroups: z.record(z.string(), OfGroup).exactOptional().describe('Groups of clusters, by any name'),
    clusters: z
      .record(z.string(), OfCluster)
      .exactOptional()
      .describe('Rules by cluster name, as in the bot’s configuration'),
  })
  .describe('Who may do what on which cluster, and when');

export type PolicyText = z.infer<typeof PolicyFile>;

export type ClusterText = z.infer<typeof OfCluster>;

/** JSON Schema (draft 2020-12) of the policy file, for editors. */
export const policyJsonSchema = (): unknown => z.toJSONSchema(PolicyFile, { io: 'input', reused: 'ref' });

/** Unknown keys are reported elsewhere, with the most similar known key. */
function wrongPeople({ code }: { readonly code?: string | undefined }): string | undefined {
  return code === 'invalid_type' ? 'name people: { users: [U…], groups: [S…] }' : undefined;
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** An end earlier than the start is on the next day. */
function lengthMs(from: string, to: string): number {
  const [opens, closes] = [from, to].map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3)));
  if (opens === undefined || closes === undefined) return 0;
  return (opens < closes ? closes - opens : opens === closes ? 0 : closes + 24 * 60 - opens) * 60_000;
}
