import type { Fields } from '../json.ts';
import type { ApiCallRecord } from '../local-slack-types.ts';
import type { Breaking } from '../page-api/breaking.ts';
import type { Faults } from './faults.ts';
import type { Files } from './files.ts';
import type { RateLimits } from './rate-limits.ts';
import type { Timeline } from './timeline.ts';
import type { Triggers } from './triggers.ts';
import type { Views } from './views.ts';
import type { Workspace } from './workspace.ts';

/** The secrets that the app and this Slack share, new at each start. */
export interface Credentials {
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
}

/** The state of one local Slack, without its HTTP endpoints. */
export interface Site {
  readonly workspace: Workspace;
  readonly credentials: Credentials;
  readonly timeline: Timeline;
  readonly triggers: Triggers;
  readonly faults: Faults;
  readonly files: Files;
  readonly limits: RateLimits;
  readonly views: Views;
  /** Every Home that was published, oldest first. */
  readonly homes: { readonly id: string; readonly person: string; readonly view: Fields }[];
  readonly calls: ApiCallRecord[];
  /** What the page can break; none in a Slack alone. */
  breaking?: Breaking;
  readonly now: () => number;
  readonly newId: () => string;
  /** `http://127.0.0.1:PORT`, known once the server listens. */
  readonly origin: () => string;
  /** A WebSocket address that can be used once. */
  readonly socketUrl: () => string;
}
