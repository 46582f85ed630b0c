import type { SlackMessage } from '../local-slack-types.ts';
import type { SharedFile } from '../site/files.ts';
import type { Workspace } from '../site/workspace.ts';

/** A message in the format of the Web API and of interaction payloads. */
export function messageWire(message: SlackMessage, workspace: Workspace): Readonly<Record<string, unknown>> {
  return {
    type: 'message',
    user: message.author.id,
    ts: message.ts,
    text: message.text,
    team: workspace.team.id,
    ...(message.author.id === workspace.bot.id ? { bot_id: workspace.botId, app_id: workspace.appId } : {}),
    ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
    ...(message.blocks.length === 0 ? {} : { blocks: message.blocks }),
    ...(message.files === undefined ? {} : { files: message.files.map(fileWire) }),
    ...(message.editedAt === undefined ? {} : { edited: { user: message.author.id, ts: message.ts } }),
  };
}

const fileWire = ({ id, name, title, size }: SharedFile) => ({ id, name, title, size, mimetype: 'text/plain' });
