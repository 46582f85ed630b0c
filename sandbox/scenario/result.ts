import type { NodeReport } from '../cluster/report.ts';
import { becomesTrue } from '../processes/poll.ts';
import type { Sandbox } from '../sandbox.ts';
import type { SlackMessage } from '../slack/local-slack.ts';
import type { FailedStatement } from './play/play.ts';
import { SHOWN_LIMIT_MS } from './play/until.ts';

/** The machine-readable result of a scenario. */
export interface ScenarioResult {
  readonly passed: boolean;
  /** The statement that was not met. */
  readonly failedAt: string | null;
  /** What was found instead. */
  readonly instead: string | null;
  readonly changes: readonly ReportedChange[];
  readonly nodes: Readonly<Record<string, NodeReport>>;
  readonly slack: readonly ReportedMessage[];
  /** Faults that are on at the end. */
  readonly faults: readonly string[];
}

interface ReportedChange {
  readonly id: string;
  readonly verb: string;
  readonly state: string;
  readonly says: string;
  readonly steps: readonly {
    readonly id: string;
    readonly state: string;
    readonly seconds: number | null;
    readonly already: boolean;
  }[];
}

type ReportedMessage = Pick<SlackMessage, 'ts' | 'channel' | 'text' | 'blocks'> & {
  readonly threadTs: string | null;
  readonly author: string;
  readonly ephemeralFor: string | null;
  /** The text of each file in it. */
  readonly files: readonly string[];
};

const STILL_MS = 300;

/** Reads the final state once the channel shows everything; `patience` multiplies the wait for that. */
export async function resultOf(
  failed: FailedStatement | null,
  sandbox: Sandbox,
  signal: AbortSignal,
  patience = 1,
): Promise<ScenarioResult> {
  await becomesTrue(() => isStill(sandbox, signal), SHOWN_LIMIT_MS * patience, signal);
  const seen = await sandbox.changes.read();
  const changes = seen.are === 'seen' ? seen.changes : seen.last;
  return {
    passed: failed === null,
    failedAt: failed?.statement.text ?? null,
    instead: failed?.instead ?? null,
    changes: changes.map(({ id, verb, state, says, steps }) => ({
      id,
      verb,
      state,
      says,
      steps: steps.map(({ id: step, state: stepState, seconds, already }) => ({
        id: step,
        state: stepState,
        seconds,
        already,
      })),
    })),
    nodes: await sandbox.cluster.report(),
    slack: sandbox.slack.messages().map((message) => reported(message, sandbox)),
    faults: sandbox.faults.list(),
  };
}

/** Whether the cards show everything and no message arrives any more. */
async function isStill({ changes, slack }: Sandbox, signal: AbortSignal): Promise<boolean> {
  if (!(await changes.areShown())) return false;
  let isMoving = false;
  const stop = slack.onChange(() => {
    isMoving = true;
  });
  try {
    return !(await becomesTrue(() => isMoving, STILL_MS, signal));
  } finally {
    stop();
  }
}

function reported(
  { ts, channel, threadTs, author, text, blocks, ephemeralFor, files = [] }: SlackMessage,
  { slack }: Pick<Sandbox, 'slack'>,
): ReportedMessage {
  return {
    ts,
    channel,
    threadTs: threadTs ?? null,
    author: author.name,
    text,
    blocks,
    ephemeralFor: ephemeralFor ?? null,
    files: files.map(({ id }) => slack.fileText(id) ?? ''),
  };
}
