import type { ApiMethod } from './answer.ts';
import { getPermalink, postEphemeral, postMessage, update } from './chat.ts';
import { completeUploadExternal, getUploadUrlExternal } from './files.ts';
import { authTest, botsInfo, connectionsOpen, conversationsInfo, usersInfo } from './lookups.ts';
import { usergroupsList, usergroupsUsersList } from './usergroups.ts';
import { viewsOpen, viewsPublish, viewsUpdate } from './views.ts';

/** The imitated methods of the Web API; others answer `unknown_method`. */
export const METHODS: ReadonlyMap<string, ApiMethod> = new Map([
  ['auth.test', authTest],
  ['apps.connections.open', connectionsOpen],
  ['bots.info', botsInfo],
  ['chat.getPermalink', getPermalink],
  ['chat.postEphemeral', postEphemeral],
  ['chat.postMessage', postMessage],
  ['chat.update', update],
  ['conversations.info', conversationsInfo],
  ['files.completeUploadExternal', completeUploadExternal],
  ['files.getUploadURLExternal', getUploadUrlExternal],
  ['usergroups.list', usergroupsList],
  ['usergroups.users.list', usergroupsUsersList],
  ['users.info', usersInfo],
  ['views.open', viewsOpen],
  ['views.publish', viewsPublish],
  ['views.update', viewsUpdate],
]);
