import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocalSlack } from '../../../sandbox/slack/local-slack.ts';
import { slackGroups } from '../../../src/slack/api/groups.ts';
import { groupsContract } from '../../contract/groups.contract.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { ALICE, BOB, CAROL, startSlack } from '../../sandbox/slack/slack-for-tests.ts';
import { KeptLog } from '../recording-slack.ts';

const APPROVERS = 'S0APPROVERS';
const withGroups = (scopes: readonly string[] = ['usergroups:read']) =>
  startSlack({ people: [ALICE, BOB, CAROL], moreScopes: scopes });

function groupsOf({ apiUrl, botToken }: LocalSlack, token = botToken) {
  const [clock, log] = [new FakeClock(), new KeptLog()];
  return { clock, log, groups: slackGroups({ botToken: token, slackApiUrl: apiUrl, clock, log }) };
}
const callsOf = (slack: LocalSlack) =>
  slack.apiCalls().filter(({ method }) => method === 'usergroups.users.list').length;
const unknown = (why: string) => ({ are: 'unknown', why });

groupsContract('Slack', async () => {
  const slack = await withGroups();
  return { groups: groupsOf(slack).groups, close: () => slack.close() };
});

describe('Slack user groups', () => {
  let slack: LocalSlack;
  beforeEach(async () => {
    slack = await withGroups();
  });
  afterEach(() => slack.close());

  it('are cached for one minute, so that a removed member loses permission within a minute', async () => {
    const { groups, clock } = groupsOf(slack);
    const before = callsOf(slack);
    await Promise.all([groups.members(APPROVERS), groups.members(APPROVERS), groups.members(APPROVERS)]);
    slack.fault('slack-left-groups', ['bob']);
    await clock.advance(59_000);
    expect(await groups.members(APPROVERS)).toEqual({ are: 'known', ids: [BOB.id, CAROL.id] });
    expect(callsOf(slack)).toBe(before + 1);
    await clock.advance(1_000);
    expect(await groups.members(APPROVERS)).toEqual({ are: 'known', ids: [CAROL.id] });
    slack.clearFault('slack-left-groups');
  });

  it.each([
    ['slack-free-plan', [], 'user groups need a paid Slack plan'],
    ['slack-429', ['usergroups.users.list', '7'], 'Slack’s rate limit is reached, retry in 7 s'],
    ['slack-5xx', ['usergroups.users.list'], 'Slack does not answer'],
  ])('report why they cannot be read: %s', async (fault, args, why) => {
    const { groups, clock, log } = groupsOf(slack);
    slack.fault(fault, args);
    expect(await groups.members(APPROVERS)).toEqual(unknown(why));
    expect(log.lines).toContain('warn User group could not be read');
    slack.clearFault(fault);
    // A failure is cached for a shorter time.
    expect(await groups.members(APPROVERS)).toEqual(unknown(why));
    await clock.advance(10_000);
    expect(await groups.members(APPROVERS)).toMatchObject({ are: 'known' });
  });

  it.each(['"U0ALICEU0BOB"', '[{"toString":null}]', '{"length":{"toString":null}}', '{"includes":1}'])(
    'have no members when Slack sends %s instead of a list',
    async (users) => {
      const odd = createServer((request, response) => {
        request.resume();
        response.setHeader('content-type', 'application/json');
        response.end(`{"ok":true,"users":${users}}`);
      });
      odd.listen(0, '127.0.0.1');
      await once(odd, 'listening');
      const address = odd.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const clock = new FakeClock();
      const slackApiUrl = `http://127.0.0.1:${port}/`;
      const groups = slackGroups({ botToken: 'xoxb-1', slackApiUrl, clock, log: new KeptLog() });
      expect(await groups.members(APPROVERS)).toEqual(unknown('Slack returned no list'));
      odd.close();
    },
  );

  it('are read at most four times a minute for information, and always for a decision', async () => {
    const { groups, clock } = groupsOf(slack);
    const before = callsOf(slack);
    for (let n = 0; n < 40; n += 1) await groups.spare(`S0GROUP${n}`);
    expect(callsOf(slack)).toBe(before + 4);
    expect(await groups.spare('S0OTHER')).toEqual(unknown('too many people asked within a minute'));
    await clock.advance(60_000);
    expect(await groups.members(APPROVERS)).toMatchObject({ are: 'known' });
    expect(await groups.spare(APPROVERS)).toMatchObject({ are: 'known' });
  });

  it('time out within the time that a person waits for a click', async () => {
    const { groups } = groupsOf(slack);
    slack.fault('slack-timeout', ['usergroups.users.list']);
    expect(await groups.members(APPROVERS)).toEqual(unknown('Slack does not answer'));
    slack.clearFault('slack-timeout');
  });

  it('cannot be read without the scope, or with a revoked token', async () => {
    const bare = await withGroups([]);
    expect(await groupsOf(bare).groups.members(APPROVERS)).toEqual(unknown('the app lacks the scope usergroups:read'));
    await bare.close();
    expect(await groupsOf(slack, 'xoxb-wrong').groups.members(APPROVERS)).toEqual(
      unknown('Slack reports invalid_auth'),
    );
  });
});
