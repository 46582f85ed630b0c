import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocalSlack } from '../../../sandbox/slack/local-slack.ts';
import { ALICE, clientOf, OPS, refusalOf, startSlack } from './slack-for-tests.ts';

let slack: LocalSlack;
beforeEach(async () => {
  slack = await startSlack({ moreScopes: ['files:write'] });
});
afterEach(() => slack.close());

const TEXT = 'a plan – with more bytes than letters';
const LENGTH = Buffer.byteLength(TEXT);

async function announced(length = LENGTH): Promise<{ id: string; url: string }> {
  const { file_id: id = '', upload_url: url = '' } = await clientOf(slack).files.getUploadURLExternal({
    filename: 'plan.txt',
    length,
  });
  return { id, url };
}

async function sent(): Promise<string> {
  const { id, url } = await announced();
  expect((await fetch(url, { method: 'POST', body: TEXT })).status).toBe(200);
  return id;
}

const complete = (args: Record<string, unknown>) => clientOf(slack).apiCall('files.completeUploadExternal', args);

describe('a file of the app', () => {
  it('is a message in the thread, with its text, as the library sends it', async () => {
    const { ts: thread_ts = '' } = await clientOf(slack).chat.postMessage({ channel: OPS.id, text: 'card' });
    const to = { channel_id: OPS.id, thread_ts };
    await clientOf(slack).files.uploadV2({ ...to, filename: 'plan.txt', content: TEXT, initial_comment: 'The plan.' });
    const message = slack.messages().at(-1);
    expect(message).toMatchObject({ threadTs: thread_ts, text: 'The plan.', author: { isBot: true } });
    expect(message?.files).toMatchObject([{ name: 'plan.txt', title: 'plan.txt', size: LENGTH }]);
    const id = message?.files?.[0]?.id ?? '';
    expect(slack.fileText(id)).toBe(TEXT);
    expect(await (await fetch(new URL(`/page/files/${id}`, slack.pageUrl))).text()).toBe(TEXT);
  });

  it('needs no comment, and may go to a person whom the app has written to', async () => {
    const { channel = '' } = await clientOf(slack).chat.postMessage({ channel: ALICE.id, text: 'hello' });
    await complete({ files: [{ id: await sent() }], channel_id: channel });
    expect(slack.messages().at(-1)).toMatchObject({ text: '', ephemeralFor: ALICE.id, files: [{ title: 'plan.txt' }] });
  });

  it('is shown to nobody before its upload is completed', async () => {
    const id = await sent();
    expect(slack.fileText(id)).toBeUndefined();
    expect((await fetch(new URL(`/page/files/${id}`, slack.pageUrl))).status).toBe(404);
  });

  it('is received once, and only with the announced length', async () => {
    const { url } = await announced(LENGTH + 1);
    expect((await fetch(url, { method: 'POST', body: TEXT })).status).toBe(400);
    const other = await announced();
    expect((await fetch(other.url, { method: 'POST', body: TEXT })).status).toBe(200);
    expect((await fetch(other.url, { method: 'POST', body: TEXT })).status).toBe(400);
    expect((await fetch(other.url.replace(other.id, 'F0NOTHING'), { method: 'POST', body: TEXT })).status).toBe(400);
  });
});

describe('a bot’s mistake with a file gets the real Slack’s error', () => {
  it.each([
    ['an empty file', { filename: 'plan.txt', length: 0 }, 'missing_argument'],
    ['a file without a name', { length: 3 }, 'invalid_arguments'],
    ['a length that is none', { filename: 'plan.txt', length: 'long' }, 'invalid_arguments'],
    ['a snippet, which is not imitated', { filename: 'a', length: 3, snippet_type: 'shell' }, 'invalid_arguments'],
  ])('files.getUploadURLExternal: %s', async (_name, args, error) => {
    expect((await refusalOf(clientOf(slack).apiCall('files.getUploadURLExternal', args))).error).toBe(error);
  });

  it.each([
    ['a channel that is not there', { channel_id: 'C0NOWHERE' }, 'channel_not_found'],
    ['a channel the bot is not in', { channel_id: 'C0RANDOM' }, 'not_in_channel'],
    ['a person as the channel', { channel_id: ALICE.id }, 'invalid_arguments'],
    ['a conversation that was never opened', { channel_id: 'D0ALICE' }, 'channel_not_found'],
    ['a thread of nothing', { thread_ts: '1.000001' }, 'thread_not_found'],
    ['no file', { files: [] }, 'invalid_arguments'],
    ['a file that is not there', { files: [{ id: 'F0NOTHING' }] }, 'file_not_found'],
    ['blocks, which are not imitated', { blocks: '[]' }, 'invalid_arguments'],
  ])('files.completeUploadExternal: %s', async (_name, args, error) => {
    const files = [{ id: await sent() }];
    expect((await refusalOf(complete({ files, channel_id: OPS.id, ...args }))).error).toBe(error);
  });

  it('a file is completed once, and not before it was received', async () => {
    const { id } = await announced();
    const early = await refusalOf(complete({ files: [{ id }], channel_id: OPS.id }));
    expect(early.error).toBe('file_not_found');
    const files = [{ id: await sent() }];
    await complete({ files, channel_id: OPS.id });
    expect((await refusalOf(complete({ files, channel_id: OPS.id }))).error).toBe('file_not_found');
  });
});

it('an app without the scope gets no file posted, and hears which scope it lacks', async () => {
  const plain = await startSlack();
  try {
    for (const method of ['files.getUploadURLExternal', 'files.completeUploadExternal']) {
      const call = clientOf(plain).apiCall(method, { filename: 'plan.txt', length: 3 });
      await expect(call).rejects.toMatchObject({ data: { error: 'missing_scope', needed: 'files:write' } });
    }
  } finally {
    await plain.close();
  }
});

it('a workspace may allow no files, and its file store may fail alone', async () => {
  const upload = () => clientOf(slack).files.uploadV2({ channel_id: OPS.id, filename: 'plan.txt', content: TEXT });
  slack.fault('slack-no-files', []);
  expect((await refusalOf(upload())).error).toBe('file_uploads_disabled');
  slack.clearFault('slack-no-files');
  slack.fault('slack-5xx', ['files.upload']);
  await expect(upload()).rejects.toThrow('503');
  expect(slack.messages()).toEqual([]);
});
