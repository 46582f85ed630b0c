import { expect, it } from 'vitest';
import { SlackRefused } from '../../../src/slack/api/slack-refused.ts';
import { postAgain } from '../../../src/slack/outbox/post-again.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { changeOf, requested } from '../card-events.ts';
import { KeptLog, RecordingSlack } from '../recording-slack.ts';

const change = changeOf([requested()]);

it('a reposted card says in its thread that it is the current one', async () => {
  const clock = new FakeClock();
  const slack = new RecordingSlack(clock);
  expect(await postAgain(change, { slack, clock, log: new KeptLog() })).toEqual({ channel: 'C0OPS', ts: '1.0' });
  expect(slack.replies[0]?.text).toContain('Use this card.');
});

it('distinguishes a closed channel from a Slack outage', async () => {
  const clock = new FakeClock();
  const slack = new RecordingSlack(clock);
  const log = new KeptLog();
  const refusing = (fault: 'not-in-channel' | 'unavailable') => ({
    reply: slack.reply.bind(slack),
    post: async () => {
      throw new SlackRefused(fault, fault);
    },
  });
  expect(await postAgain(change, { slack: refusing('not-in-channel'), clock, log })).toBeNull();
  await expect(postAgain(change, { slack: refusing('unavailable'), clock, log })).rejects.toThrow(SlackRefused);
});
