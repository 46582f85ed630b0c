import { expect, it } from 'vitest';
import { SlackRefused } from '../../../src/slack/api/slack-refused.ts';
import { postAgain } from '../../../src/slack/outbox/post-again.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { changeOf, requested } from '../card-events.ts';
import { KeptLog, RecordingSlack } from '../recording-slack.ts';

const change = changeOf([requested()]);

it('a card that is posted again says in its thread that it is the one that counts', async () => {
  const clock = new FakeClock();
  const slack = new RecordingSlack(clock);
  expect(await postAgain(change, { slack, clock, log: new KeptLog() })).toEqual({ channel: 'C0OPS', ts: '1.0' });
  expect(slack.replies[0]?.text).toContain('this one counts');
});

it('a channel that is closed is told from a Slack that is away', async () => {
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
