import type { ApiCallRecord } from '../local-slack-types.ts';
import type { Faults } from './faults.ts';
import type { RateLimits } from './rate-limits.ts';
import type { Timeline } from './timeline.ts';
import type { Triggers } from './triggers.ts';
import type { Workspace } from './workspace.ts';

/** The secrets the app and this Slack share; made up anew at each start. */
export interface Credentials {
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
}

/** A modal somebody has open. */
interface OpenView {
  readonly id: string;
  readonly person: string;
  readonly view: unknown;
}

/** Everything one local Slack consists of, but for its doors. */
export interface Site {
  readonly workspace: Workspace;
  readonly credentials: Credentials;
  readonly timeline: Timeline;
  readonly triggers: Triggers;
  readonly faults: Faults;
  readonly limits: RateLimits;
  readonly views: OpenView[];
  readonly calls: ApiCallRecord[];
  readonly now: () => number;
  readonly newId: () => string;
  /** `http://127.0.0.1:PORT`, known once the server listens. */
  readonly origin: () => string;
  /** A WebSocket address that may be opened once. */
  readonly socketUrl: () => string;
}
