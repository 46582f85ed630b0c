import type { Change, ChangeId, MessageRef } from '../../domain/change/change.ts';
import { shortDigest } from '../../domain/plan/digest.ts';
import { planFile } from '../../domain/questions/plan/plan-file.ts';
import type { Log } from '../../ports/log.ts';
import type { SlackPoster } from '../api/poster.ts';
import { type SlackRefused, slackRefused } from '../api/slack-refused.ts';
import { code } from '../text/foreign-text.ts';
import { type ClaimPorts, claim, confirm } from './claims.ts';

/** What this process has learned about replies and files. */
export interface Posted {
  /** Replies and files that are posted, but not yet recorded as posted. */
  readonly unconfirmed: Set<string>;
  /** True once Slack has said that the app lacks the scope for files. */
  lacksFiles: boolean;
  /** How often the file of a change failed. */
  readonly failures: Map<string, number>;
}

export interface FilePorts extends ClaimPorts {
  readonly slack: Pick<SlackPoster, 'upload'>;
  readonly log: Log;
}

/** The content goes to another host of Slack than all else. If that one is never reached, the card must not wait for it for good. */
const TRIES = 3;

/**
 * Posts the whole plan as a file in the card's thread, once, like a reply and after all of them. The button Full plan shows the same,
 * so a Slack that takes no files costs no more than a line in the log.
 */
export async function postPlanFile(place: MessageRef, change: Change, posted: Posted, ports: FilePorts): Promise<void> {
  const { id, digest } = change;
  if (posted.lacksFiles || digest === undefined || change.plan === undefined) return;
  const name = `plan-file-${shortDigest(digest)}`;
  const claimed = await claim(id, [{ name }], posted.unconfirmed, ports);
  if (claimed.length === 0) return;
  if (!posted.unconfirmed.has(`${id} ${name}`)) {
    const refused = await refusalOf(place, change, digest, ports);
    if (refused !== null && isTriedAgain(refused, id, posted, ports.log)) {
      await ports.cards.releaseReply(id, name);
      if (posted.lacksFiles) return;
      throw refused;
    }
  }
  await confirm(id, claimed, posted.unconfirmed, ports);
}

/** Null once the file is posted. */
async function refusalOf(
  place: MessageRef,
  change: Change,
  digest: string,
  { slack }: FilePorts,
): Promise<SlackRefused | null> {
  const file = planFile(change);
  if (file === null) return null;
  const check = code(`registry-ha plan digest ${file.name}`);
  const text = `The whole plan of ${code(change.id)}, with every command and script. Its digest is ${code(shortDigest(digest))}. To check the file: ${check}`;
  try {
    await slack.upload(place, file, text);
    return null;
  } catch (error) {
    return slackRefused(error);
  }
}

/** Whether the file may still be posted, now or by a bot that has the scope. */
function isTriedAgain({ fault, code: why }: SlackRefused, id: ChangeId, posted: Posted, log: Log): boolean {
  if (why === 'missing_scope') {
    if (!posted.lacksFiles) log.info({}, LACKING);
    posted.lacksFiles = true;
    return true;
  }
  if (fault === 'rate-limited') return true;
  const failures = (posted.failures.get(id) ?? 0) + 1;
  posted.failures.set(id, failures);
  if (fault !== 'refused' && failures < TRIES) return true;
  posted.failures.delete(id);
  log.warn({ change: id, why }, 'The plan was not posted as a file; the button Full plan shows it');
  return false;
}

const LACKING =
  'Plans are not posted as files, because the Slack app lacks the optional scope files:write. To have them, add it and restart the bot';
