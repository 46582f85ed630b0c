import { z } from 'zod';
import { forEachVerb } from '../domain/plan/intent.ts';
import { DAYS, SHORTEST_WINDOW_MS } from '../domain/policy/time.ts';
import { atLeast, atMost } from '../schema/length.ts';

const slackId = (letters: string, what: string) =>
  z
    .string()
    .regex(
      new RegExp(`^[${letters}][A-Z0-9]{2,}$`),
      `${what} starts with ${letters.length === 1 ? letters : [...letters].join(' or ')} (Slack: profile, group or channel details → Copy ID)`,
    );

const wholeNumber = (most: number, tooMuch: string) =>
  z.number('write a whole number').int('write a whole number').min(1, 'at least 1').max(most, tooMuch);

const Minutes = wholeNumber(24 * 60, 'at most 1440, a day: the cluster moves on');

const PeopleList = z
  .strictObject(
    {
      users: z.array(slackId('UW', 'a user id')).default([]).describe('Slack user ids'),
      groups: z
        .array(slackId('S', 'a user group id'))
        .default([])
        .describe('Slack user group ids; needs a paid plan and the scope usergroups:read'),
    },
    { error: wrongPeople },
  )
  .describe('Persons, by user id or as members of a user group');

const SomePeople = PeopleList.refine(({ users, groups }) => users.length + groups.length > 0, {
  error: 'name at least one user or group, or nothing can ever be approved',
});

const Channels = z
  .array(slackId('CG', 'a channel id'))
  .check(atLeast(1, 'name a channel, or leave the key out: then every channel that the bot is in will do'))
  .describe('Where it may be asked for and decided; left out: wherever the bot is');

const HOW_TIMES_ARE_WRITTEN = 'write it as "HH:MM", in quotes';
const clockTime = (pattern: RegExp) => z.string(HOW_TIMES_ARE_WRITTEN).regex(pattern, HOW_TIMES_ARE_WRITTEN);

const Window = z
  .strictObject({
    days: z
      .array(z.enum(DAYS, { error: `a day is one of ${DAYS.join(', ')}` }))
      .check(atLeast(1, 'name at least one day')),
    from: clockTime(/^([01]\d|2[0-3]):[0-5]\d$/).describe('HH:MM by the clock on the wall'),
    to: clockTime(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/).describe('HH:MM; smaller than from: on the next day'),
    zone: z
      .string()
      .refine(isZone, { error: 'there is no such time zone; write an IANA name such as Europe/Paris or UTC' })
      .describe('IANA time zone'),
  })
  .refine(({ from, to }) => lengthMs(from, to) >= SHORTEST_WINDOW_MS, {
    error: 'a window lasts at least 15 minutes; for the whole day write from: "00:00", to: "24:00"',
  });

const Moment = z.iso.datetime({
  offset: true,
  error: 'write a moment with its offset, such as 2026-12-20T00:00:00+01:00',
});

const Freeze = z
  .strictObject({ from: Moment, to: Moment, reason: z.string().check(atLeast(1, 'say why'), atMost(200)) })
  .refine(({ from, to }) => !(Date.parse(from) >= Date.parse(to)), { error: 'it ends before it begins' });

const rules = {
  channels: Channels.exactOptional(),
  requesters: PeopleList.exactOptional().describe('Who may ask; approvers may ask, too'),
  approvers: SomePeople.exactOptional().describe('Who may approve, deny and cancel'),
  approvals: wholeNumber(10, 'at most 10').exactOptional().describe('How many people have to approve; 1 when left out'),
  requesterCounts: z
    .boolean()
    .exactOptional()
    .describe('true: a requester who is an approver is one of those who approve; false when left out'),
  planLivesMinutes: Minutes.exactOptional().describe('How long a plan may be approved; 60 when left out'),
  approvalLivesMinutes: Minutes.exactOptional().describe('How soon an approved change must start; 60 when left out'),
  windows: z.array(Window).exactOptional().describe('When changes may start; at any time when left out'),
};

const OfVerb = z.strictObject(rules).describe('What differs for this verb; every key replaces that of the cluster');

const OfHold = z
  .strictObject({ channels: rules.channels, requesters: rules.requesters, approvers: rules.approvers })
  .describe('What differs for this verb: requesters may set it, the holder and approvers may lift it');

const OfCluster = z.strictObject({
  ...rules,
  approvers: SomePeople.describe('Who may approve, deny and cancel'),
  freezes: z.array(Freeze).exactOptional().describe('Times in which nothing may start'),
  verbs: z
    .strictObject({
      ...forEachVerb(() => OfVerb.exactOptional()),
      freeze: OfHold.exactOptional(),
      lock: OfHold.exactOptional(),
    })
    .exactOptional()
    .describe('What differs for single verbs'),
});

/** The policy file as it is written: for each cluster the rules for everything, and what differs for single verbs. */
export const PolicyFile = z
  .strictObject({
    clusters: z
      .record(z.string(), OfCluster)
      .refine((clusters) => Object.keys(clusters).length > 0, { error: 'name at least one cluster' })
      .describe('The rules by the cluster’s name, as it stands in the bot’s configuration'),
  })
  .describe('Who may do what with which cluster, and when');

export type ClusterText = z.infer<typeof OfCluster>;

/** The policy file as editors check it: draft 2020-12, before defaults are filled in. */
export const policyJsonSchema = (): unknown => z.toJSONSchema(PolicyFile, { io: 'input' });

/** Unknown keys are told elsewhere, with the one that was probably meant. */
function wrongPeople({ code }: { readonly code?: string | undefined }): string | undefined {
  return code === 'invalid_type' ? 'say who: { users: [U…], groups: [S…] }' : undefined;
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

/** Until an earlier hour means: on the next day. */
function lengthMs(from: string, to: string): number {
  const [opens, closes] = [from, to].map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3)));
  if (opens === undefined || closes === undefined) return 0;
  return (opens < closes ? closes - opens : opens === closes ? 0 : closes + 24 * 60 - opens) * 60_000;
}
