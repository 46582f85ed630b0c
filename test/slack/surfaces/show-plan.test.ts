import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/domain/change/change.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { SlackRefused } from '../../../src/slack/api/slack-refused.ts';
import type { SurfaceOptions } from '../../../src/slack/surfaces/answers.ts';
import type { Respond } from '../../../src/slack/surfaces/respond.ts';
import { showPlan } from '../../../src/slack/surfaces/show-plan.ts';
import { changeOf, planned, requested } from '../card-events.ts';
import { KeptLog, RecordingSlack } from '../recording-slack.ts';

const change = changeOf([requested(), planned()]);
const click = { change: change.id, digest: change.digest ?? '', trigger: '1.2.abc' };

function bench(planned: SurfaceOptions['planned'], slack = new RecordingSlack(systemClock)) {
  const said: unknown[] = [];
  const respond: Respond = async (words) => {
    said.push(words.text);
  };
  const no = async () => {
    throw new Error('nothing is requested');
  };
  const options: SurfaceOptions = {
    useCases: {
      request: no,
      undo: no,
      decide: no,
      hold: no,
      answer: no,
      form: no,
      changeAt: no,
      whyNotDecide: async () => null,
    },
    parsed: async (_, parse) => parse({ clusters: ['lab'], defaultCluster: 'lab' }),
    whyNot: () => null,
    once: { isFirst: async () => true },
    linkTo: () => '',
    me: () => 'U0BOT',
    homes: { opened: async () => undefined },
    names: new Map(),
    ending: new AbortController().signal,
    log: new KeptLog(),
    ...{ slack, planned, clock: systemClock },
  };
  return { said, slack, show: (given: typeof click = click) => showPlan(given, respond, options) };
}

const having = (one: Change | null) => async () => one;

describe('a click on Full plan', () => {
  it('opens the plan of the record for the person who clicked', async () => {
    const { said, slack, show } = bench(having(change));
    await show();
    expect(said).toEqual([]);
    expect(slack.opened.map(({ trigger }) => trigger)).toEqual([click.trigger]);
    expect(JSON.stringify(slack.opened[0]?.view)).toContain(change.digest);
  });

  it.each([
    ['names another plan than the record', change, { ...click, digest: 'f'.repeat(64) }],
    ['names a change that is not known, or whose record cannot be trusted', null, click],
    ['names a change that has no plan', changeOf([requested()]), click],
  ])('that %s shows nothing', async (_, one, given) => {
    const { said, slack, show } = bench(having(one));
    await show(given);
    expect(slack.opened).toEqual([]);
    expect(said).toEqual(['This card shows an older plan. Use the newest card of this change.']);
  });

  it('that Slack takes for too old says what to do', async () => {
    const slack = new RecordingSlack(systemClock);
    slack.open = async () => {
      throw new SlackRefused('refused', 'expired_trigger_id');
    };
    const { said, show } = bench(having(change), slack);
    await show();
    expect(said).toEqual([expect.stringContaining('Click the button again.')]);
  });

  it('while Redis is away says so, and opens nothing', async () => {
    const { said, slack, show } = bench(async () => {
      throw new Error('Redis is away');
    });
    await show();
    expect(slack.opened).toEqual([]);
    expect(said).toHaveLength(1);
  });
});
