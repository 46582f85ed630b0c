import type { Fields } from '../json.ts';
import type { Person, SlackMessage } from '../local-slack-types.ts';
import type { OpenView } from '../site/views.ts';
import type { Workspace } from '../site/workspace.ts';
import { messageWire } from '../web-api/message-wire.ts';
import { viewWire } from '../web-api/views.ts';
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

/** A view_submission payload (see its reference). */
export function submissionPayload(person: Person, view: OpenView, triggerId: string, workspace: Workspace): Fields {
  return { ...inView(person, view, triggerId, workspace), type: 'view_submission', response_urls: [] };
}

/** A block_actions payload of an input with `dispatch_action` in a modal: it has no channel, no message and no response_url. */
export function choicePayload(
  person: Person,
  view: OpenView,
  action: Fields,
  triggerId: string,
  workspace: Workspace,
): Fields {
  return {
    ...inView(person, view, triggerId, workspace),
    type: 'block_actions',
    container: { type: 'view', view_id: view.id },
    actions: [action],
  };
}

/** A message_action payload (see its reference). */
export function shortcutPayload(
  person: Person,
  message: SlackMessage,
  callbackId: string,
  handles: Handles,
  workspace: Workspace,
): Fields {
  const { team, home } = workspace;
  return {
    type: 'message_action',
    token: VERIFICATION_TOKEN,
    callback_id: callbackId,
    action_ts: message.ts,
    trigger_id: handles.triggerId,
    response_url: handles.responseUrl,
    user: { id: person.id, name: person.name, username: person.name, team_id: team.id },
    team,
    enterprise: null,
    is_enterprise_install: false,
    channel: home,
    message_ts: message.ts,
    message: messageWire(message, workspace),
  };
}

function inView(person: Person, view: OpenView, triggerId: string, workspace: Workspace): Fields {
  const { team, appId } = workspace;
  return {
    user: { id: person.id, username: person.name, name: person.name, team_id: team.id },
    api_app_id: appId,
    token: VERIFICATION_TOKEN,
    trigger_id: triggerId,
    team,
    enterprise: null,
    is_enterprise_install: false,
    view: viewWire(view, workspace),
  };
}
