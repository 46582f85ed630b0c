import type { Fields } from '../json.ts';
import type { Person } from '../local-slack-types.ts';
import type { Workspace } from '../site/workspace.ts';
import { messageWire } from '../web-api/message-wire.ts';
import type { Button } from './buttons.ts';

/** The deprecated verification token; payloads still carry it. */
const VERIFICATION_TOKEN = 'sandbox-verification-token';

/** The trigger_id and response_url of a payload. */
export interface Handles {
  readonly responseUrl: string;
  readonly triggerId: string;
}

/** The fields of a slash command (docs.slack.dev, "Implementing slash commands"); all strings. */
export function commandPayload(
  person: Person,
  command: string,
  text: string,
  handles: Handles,
  { team, home, appId }: Workspace,
): Fields {
  return {
    token: VERIFICATION_TOKEN,
    team_id: team.id,
    team_domain: team.domain,
    channel_id: home.id,
    channel_name: home.name,
    user_id: person.id,
    user_name: person.name,
    command,
    text,
    api_app_id: appId,
    is_enterprise_install: 'false',
    response_url: handles.responseUrl,
    trigger_id: handles.triggerId,
  };
}

/** A block_actions payload (see its reference). For an ephemeral message it has no `message`. */
export function clickPayload(
  person: Person,
  button: Button,
  actionTs: string,
  handles: Handles,
  workspace: Workspace,
): Fields {
  const { team, home, appId } = workspace;
  const { message } = button;
  const isEphemeral = message.ephemeralFor !== undefined;
  const thread = message.threadTs === undefined ? {} : { thread_ts: message.threadTs };
  return {
    type: 'block_actions',
    user: { id: person.id, username: person.name, name: person.name, team_id: team.id },
    api_app_id: appId,
    token: VERIFICATION_TOKEN,
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: home.id,
      is_ephemeral: isEphemeral,
      ...thread,
    },
    trigger_id: handles.triggerId,
    team,
    enterprise: null,
    is_enterprise_install: false,
    channel: home,
    ...(isEphemeral ? {} : { message: messageWire(message, workspace) }),
    state: { values: {} },
    response_url: handles.responseUrl,
    actions: [actionOf(button, actionTs)],
  };
}

function actionOf({ element, blockId, actionId }: Button, actionTs: string): Fields {
  const { text, value, style, url } = element;
  const present = Object.entries({ text, value, style, url }).filter(([, field]) => field !== undefined);
  return {
    action_id: actionId,
    block_id: blockId,
    ...Object.fromEntries(present),
    type: 'button',
    action_ts: actionTs,
  };
}
