import { afterEach, describe, expect, it } from 'vitest';
import { SlackRefused } from '../../../src/slack/api/slack-refused.ts';
import { approved, changeOf, planned } from '../card-events.ts';
import { World } from '../notifier-world.ts';

const ID = 'lab-aaaaaa';
const OTHER = 'lab-bbbbbb';

const worlds: World[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((each) => each.stop()));
});

async function world(bots = 1): Promise<World> {
  const w = new World();
  worlds.push(w);
  for (let n = 0; n < bots; n += 1) w.start();
  await w.request(ID);
  return w;
}

const refused = (fault: SlackRefused['fault'], code: string) => new SlackRefused(fault, code);
const aboutFiles = (w: World) => w.log.lines.filter((line) => line.includes('file'));

describe('the plan as a file in the thread', () => {
  it('is posted once when the plan is made, by one of two bots, and not again later', async () => {
    const w = await world(2);
    await w.tell(ID, planned());
    await w.clock.advance(60_000);
    const digest = (await w.changes.get(ID))?.change.digest ?? '';
    expect(w.slack.files).toHaveLength(1);
    const [file] = w.slack.files;
    expect(file).toMatchObject({ ts: ID, name: `plan-${ID}.txt`, text: expect.stringContaining(`Digest: ${digest}`) });
    expect(file?.comment).toContain(`Its digest is \`${digest.slice(0, 12)}\``);
    await w.tell(ID, approved(), { type: 'started', at: w.at });
    await w.clock.advance(60_000);
    expect(w.slack.files).toHaveLength(1);
  });

  it('is posted by another bot when the first one died after its claim', async () => {
    const w = await world(0);
    const { digest = '' } = changeOf([(await w.changes.get(ID))?.events[0] ?? planned(), planned()]);
    expect(await w.cards.claimReply(ID, `plan-file-${digest.slice(0, 12)}`, 30_000)).toBe('ours');
    w.start();
    await w.tell(ID, planned());
    await w.clock.advance(15_000);
    expect(w.slack.files).toEqual([]);
    expect(w.slack.texts(ID).at(-1)).toContain('The plan is ready.');
    await w.clock.advance(90_000);
    expect(w.slack.files).toHaveLength(1);
  });

  it('comes late if Slack is in trouble for a moment', async () => {
    const w = await world();
    const troubles = [refused('rate-limited', 'ratelimited'), refused('unavailable', 'timeout')];
    w.slack.refusal = (what) => (what === 'upload' ? (troubles.shift() ?? null) : null);
    await w.tell(ID, planned());
    await w.clock.advance(90_000);
    expect(w.slack.files).toHaveLength(1);
    expect(aboutFiles(w)).toEqual([]);
  });

  it.each([
    ['the workspace allows no files', refused('refused', 'file_uploads_disabled')],
    ['the file store is never reached', refused('unavailable', 'timeout')],
  ])('is given up when %s, and neither card nor replies wait for it', async (_name, refusal) => {
    const w = await world();
    w.slack.refusal = (what) => (what === 'upload' ? refusal : null);
    await w.tell(ID, planned());
    await w.clock.advance(60_000);
    expect(w.slack.texts(ID).at(-1)).toContain('The plan is ready.');
    expect(await w.cards.behind()).toEqual([]);
    expect(aboutFiles(w)).toEqual(['warn The plan was not posted as a file; the button Full plan shows it']);
    await w.tell(ID, approved());
    await w.clock.advance(60_000);
    expect(w.slack.replies.map(({ text }) => text)).toEqual(['Approved by bob.']);
    expect(await w.cards.behind()).toEqual([]);
  });

  it('is off without the scope, with one line in the log, until a bot has the scope', async () => {
    const w = await world();
    let asked = 0;
    w.slack.refusal = (what) => {
      if (what !== 'upload') return null;
      asked += 1;
      return refused('refused', 'missing_scope');
    };
    await w.request(OTHER);
    await w.tell(ID, planned());
    await w.clock.advance(30_000);
    await w.tell(OTHER, planned());
    await w.clock.advance(30_000);
    expect(asked).toBe(1);
    expect(aboutFiles(w)).toEqual([expect.stringContaining('lacks the optional scope files:write')]);
    expect(w.slack.texts(OTHER).at(-1)).toContain('The plan is ready.');
    expect(await w.cards.behind()).toEqual([]);
    await w.stop();
    const restarted = new World();
    worlds.push(restarted);
    Object.assign(restarted, { cards: w.cards, changes: w.changes, announcements: w.announcements });
    restarted.start();
    await w.tell(ID, approved());
    await restarted.clock.advance(60_000);
    expect(restarted.slack.files.map(({ ts }) => ts)).toEqual([ID]);
  });
});
