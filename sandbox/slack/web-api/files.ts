import { z } from 'zod';
import { jsonIn } from '../../../src/domain/text/json.ts';
import type { Site } from '../site/site.ts';
import { type Answer, type ApiMethod, refuse, withArgs } from './answer.ts';
import { channelRefusal, threadRefusal } from './chat.ts';

/** Both methods: Tier 4, scope `files:write` (docs.slack.dev, pages of the methods). */
const shared = { token: 'bot', scopes: ['files:write'] } as const;

/** Where an announced file is sent. */
export const UPLOAD_PATH = '/upload/v1/';

/** Arguments that the real methods have, and this Slack has not. */
const notImitated = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, z.undefined({ error: 'not imitated by the sandbox' }).optional()]));

const Announced = z.object({
  filename: z.string(),
  length: z.coerce.number().int(),
  ...notImitated('alt_txt', 'alt_text', 'snippet_type'),
});

/** files.getUploadURLExternal: announces a file. */
export const getUploadUrlExternal: ApiMethod = {
  ...shared,
  run: withArgs(Announced, ({ filename, length }, site) => {
    if (site.faults.has('slack-no-files')) return refuse('file_uploads_disabled');
    if (filename === '' || length <= 0) return refuse('missing_argument');
    const id = `F0${site.newId().toUpperCase()}`;
    site.files.announce(id, filename, length);
    return { ok: true, upload_url: `${site.origin()}${UPLOAD_PATH}${id}`, file_id: id };
  }),
};

// Slack's own pattern also wants nine characters (slackapi/bolt-js issue 2115); the sandbox's IDs are shorter.
const Channel = z.string().regex(/^[CGDZ][A-Z0-9]+$/);
const Listed = z.array(
  z.strictObject({ id: z.string(), title: z.string().optional(), highlight_type: z.string().optional() }),
);
const Completed = z.object({
  files: z.preprocess((value) => (typeof value === 'string' ? jsonIn(value) : value), Listed.min(1)),
  channel_id: Channel,
  thread_ts: z.string().optional(),
  initial_comment: z.string().optional(),
  ...notImitated('channels', 'blocks'),
});
type Completed = z.infer<typeof Completed>;

/** files.completeUploadExternal: shows received files in one message. It succeeds once for each file. */
export const completeUploadExternal: ApiMethod = {
  ...shared,
  run: withArgs(Completed, (args, site) => {
    const refusal = refusalOf(args, site);
    if (refusal !== undefined) return refusal;
    const files = args.files.map(({ id, title }) => site.files.share(id, title));
    const { channel_id: channel, thread_ts: threadTs, initial_comment: text = '' } = args;
    const thread = threadTs === undefined ? {} : { threadTs };
    const direct = personOf(channel, site);
    const onlyFor = direct === undefined ? {} : { ephemeralFor: direct };
    site.timeline.post({ channel, author: site.workspace.bot, text, blocks: [], files, ...thread, ...onlyFor });
    return { ok: true, files: files.map(({ id, title }) => ({ id, title })) };
  }),
};

function refusalOf({ channel_id: channel, thread_ts: thread, files }: Completed, site: Site): Answer | undefined {
  if (files.some(({ id }) => !site.files.waits(id))) return refuse('file_not_found');
  if (personOf(channel, site) !== undefined)
    return thread === undefined || site.timeline.find(channel, thread) ? undefined : refuse('thread_not_found');
  return channelRefusal(channel, site) ?? threadRefusal(channel, thread, site);
}

/** Whose direct messages this channel is, if the bot has written to that person. */
function personOf(channel: string, { workspace, timeline }: Site): string | undefined {
  const isOpen = timeline.all().some((message) => message.channel === channel);
  return workspace.people.find(({ id }) => isOpen && channel === `D${id.slice(1)}`)?.id;
}
