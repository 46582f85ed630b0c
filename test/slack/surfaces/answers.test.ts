import { describe, expect, it } from 'vitest';
import { recordFault } from '../../../src/adapters/redis/server/failures.ts';
import type { Answered } from '../../../src/app/ask/asker.ts';
import { questionPlug } from '../../../src/domain/questions/questions.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { SlackRefused } from '../../../src/slack/api/slack-refused.ts';
import { answeredWords, BROKEN, brokenText } from '../../../src/slack/surfaces/answer-words.ts';
import { answer, type SurfaceOptions } from '../../../src/slack/surfaces/answers.ts';
import type { Respond } from '../../../src/slack/surfaces/respond.ts';
import { fitsMessage } from '../../../src/slack/text/fit.ts';
import { MRKDWN } from '../../../src/slack/text/markup.ts';
import { PLANNED } from '../../contract/dry-runs.contract.ts';
import { PROVEN } from '../../contract/proofs.contract.ts';
import { largePlan } from '../large-plan.ts';
import { KeptLog, RecordingSlack } from '../recording-slack.ts';

describe('the reply to a click that failed', () => {
  it('names the record in Redis if it cannot be read, and escapes its text', () => {
    const fault = recordFault('lab-1', 'Entry 3 is none: Unrecognized key: "<!channel>".', 'Ask again.');
    expect(brokenText(fault)).toBe('Entry 3 is none: Unrecognized key: "&lt;!channel&gt;".\nAsk again.');
  });

  it('does not show the text of an unexpected error', () => {
    expect(brokenText(new Error('xoxb-secret'))).toBe(BROKEN);
  });
});

const REFUSAL = { refused: 'not-allowed', says: 'No.' } as const;
const SENDER = { teams: ['T1'], enterprises: [null], isBot: false, isShared: false };
const ALICE = { id: 'U0ALICE', name: 'alice' };
const REPLICA: SurfaceOptions = {
  useCases: {
    request: async () => REFUSAL,
    undo: async () => REFUSAL,
    decide: async () => REFUSAL,
    hold: async () => REFUSAL,
    answer: async () => REFUSAL,
    form: async () => [],
    whyNotDecide: async () => null,
    changeAt: async () => null,
  },
  parsed: async (_, parse) => parse({ clusters: ['lab'], defaultCluster: 'lab' }),
  whyNot: () => null,
  once: { isFirst: async () => true },
  linkTo: () => '',
  me: () => 'U0BOT',
  homes: { opened: async () => undefined },
  names: new Map(),
  ending: new AbortController().signal,
  slack: new RecordingSlack(systemClock),
  planned: async () => null,
  clock: systemClock,
  log: new KeptLog(),
};

/** A reply that keeps the texts. */
function keeping(said: unknown[]): Respond {
  return async (words) => {
    said.push(words.text);
  };
}

describe('an answer with a plan', () => {
  const { found } = PLANNED;
  if (found.is !== 'planned') throw new Error('There is a plan.');
  const shown = { says: () => 'Dry run.', plan: { intent: PLANNED.intent, plan: found.plan } };

  it('shows the plan as its card does, without any button', () => {
    const { to, text, blocks = [] } = answeredWords(shown, MRKDWN);
    expect({ to, text }).toEqual({ to: 'place', text: 'Dry run.' });
    const drawn = JSON.stringify(blocks);
    expect(drawn).toContain('Copies 3 files');
    expect(drawn).toContain('SSH host keys');
    expect(drawn).toContain('metalk8s.repo.installed');
    expect(blocks.map(({ type }) => type)).not.toContain('actions');
  });

  it('fits into one message, however large the plan is', () => {
    const { intent, plan } = largePlan(20, 5);
    const { blocks = [] } = answeredWords({ ...shown, plan: { intent, plan } }, MRKDWN);
    expect(fitsMessage(blocks)).toBe(true);
    expect(JSON.stringify(blocks)).toContain('more step');
  });

  it('has only words without one', () => {
    expect(answeredWords({ ...shown, plan: null }, MRKDWN)).toEqual({ to: 'place', text: 'Dry run.' });
  });
});

describe('an answer that is too long for a message', () => {
  const wish = { is: 'question', question: 'verify', ask: { cluster: 'lab', nodes: [], deep: false } } as const;
  const request = { sender: SENDER, by: ALICE, channel: 'C0OPS', wish };
  const sentFor = async (answered: Answered, refusal: SlackRefused | null = null) => {
    const slack = new RecordingSlack(systemClock);
    slack.refusal = () => refusal;
    const log = new KeptLog();
    const useCases = { ...REPLICA.useCases, answer: async () => answered };
    const said: unknown[] = [];
    await answer(request, keeping(said), { ...REPLICA, slack, log, useCases });
    return { said, log, files: slack.files.map(({ ts, name, text }) => ({ to: ts, name, text })) };
  };
  const finding = (n: number) => ({ where: `node-${n}`, says: `it lacks an image ${'x'.repeat(100)}` });
  const proof = (differences: number): Answered => {
    const result = { ...PROVEN, differences: Array.from({ length: differences }, (_, n) => finding(n)) };
    const known = {
      ask: wish.ask,
      phase: { is: 'ended', report: { is: 'ended', request: 1, result, journal: null } },
    } as const;
    const { answer: says, file } = questionPlug('verify');
    return { says: (markup) => says(known, markup), file: file?.(known) ?? null, plan: null, later: null };
  };

  it('goes to the asker as a file with every line, beside the message', async () => {
    const { said, files } = await sentFor(proof(50));
    expect(said).toEqual([expect.stringMatching(/less important lines left out\.$/)]);
    expect(files).toEqual([
      { to: ALICE.id, name: 'verify-lab.txt', text: expect.stringContaining('• node-49: it lacks') },
    ]);
    expect(files[0]?.text).not.toContain('left out');
  });

  it('has no file when the message shows every line', async () => {
    expect((await sentFor(proof(2))).files).toEqual([]);
  });

  it('is still answered when Slack takes no files', async () => {
    const { said, log } = await sentFor(proof(50), new SlackRefused('refused', 'missing_scope'));
    expect(said).toHaveLength(1);
    expect(log.lines).toEqual(['warn A long answer was not sent as a file']);
  });
});

describe('an answer that becomes newer', () => {
  const wish = { is: 'question', question: 'status', ask: { cluster: 'lab' } } as const;
  const request = { sender: SENDER, by: ALICE, channel: 'C0OPS', wish };
  /** Answers number after number, for ever unless there is a last one. */
  const numbered = (n: number, last = Number.POSITIVE_INFINITY): Answered => ({
    says: () => `answer ${n}`,
    file: null,
    plan: null,
    later: async () => (n < last ? numbered(n + 1, last) : null),
  });
  const heard = async (first: Answered, ending = new AbortController().signal) => {
    const said: unknown[] = [];
    await answer(request, keeping(said), {
      ...REPLICA,
      ending,
      useCases: { ...REPLICA.useCases, answer: async () => first },
    });
    await systemClock.sleep(0, new AbortController().signal);
    return said;
  };

  it('is followed by every newer one', async () => {
    expect(await heard(numbered(1, 3))).toEqual(['answer 1', 'answer 2', 'answer 3']);
  });

  it('is followed by four at most, because Slack takes five replies to one command', async () => {
    expect(await heard(numbered(1))).toHaveLength(5);
  });

  it('is followed by none when the bot stops', async () => {
    expect(await heard(numbered(1), AbortSignal.abort())).toEqual(['answer 1']);
  });
});

describe('a request that Slack sends twice', () => {
  const asked: string[] = [];
  const seen = new Set<string>();
  const counted = (what: string) => async () => {
    asked.push(what);
    return REFUSAL;
  };
  /** What two replicas share. */
  const once = { isFirst: async (name: string) => !seen.has(name) && seen.add(name).has(name) };
  const useCases = { ...REPLICA.useCases, request: counted('request'), undo: counted('undo') };
  const replica = { ...REPLICA, useCases, once };

  it.each([
    { is: 'change', intent: { verb: 'add', cluster: 'lab', nodes: ['node-2'] } },
    { is: 'undo-of', undoes: 'lab-abc234' },
  ] as const)('makes one change, and says nothing the second time: $is', async (wish) => {
    asked.splice(0);
    const said: unknown[] = [];
    const respond = keeping(said);
    const request = { sender: SENDER, by: ALICE, channel: 'C0OPS', wish, trigger: `1.${wish.is}` };
    await answer(request, respond, replica);
    await answer(request, respond, { ...replica });
    expect(asked).toHaveLength(1);
    expect(said).toHaveLength(1);
    await answer({ ...request, trigger: `2.${wish.is}` }, respond, replica);
    expect(asked).toHaveLength(2);
  });
});
