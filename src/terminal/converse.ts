import type { ChangeId } from '../domain/change/change.ts';
import { withoutData } from '../domain/plan/plan-file.ts';
import type { TerminalAnswer, TerminalSays } from '../domain/wish/terminal-talk.ts';
import type { Outcome } from './outcome.ts';
import type { Screen } from './screen.ts';

/** The command's side of a conversation with the worker. */
interface Conversation {
  says(answer: TerminalAnswer): void;
  hears(): AsyncIterable<TerminalSays>;
}

/** What a conversation needs beside the worker. */
export interface ConversePorts {
  readonly screen: Screen;
  /** What a person types on one line; empty at the end of the input. */
  readonly typed: (question: string) => Promise<string>;
  /** How a command ends whose change has ended, or waits for more people. */
  readonly ended: (change: ChangeId, says: string) => Promise<Outcome>;
  /** Called when a change goes on even without this command. */
  readonly onUnderWay: (change: ChangeId) => void;
}

/** Shows what the worker says, and asks for a confirmation of the plan, until the conversation ends. */
export async function converse(worker: Conversation, ports: ConversePorts): Promise<Outcome> {
  const { screen, ended, onUnderWay } = ports;
  let change: ChangeId | null = null;
  for await (const message of worker.hears()) {
    switch (message.is) {
      case 'wait':
        screen.wait(message.says);
        break;
      case 'plan':
        change = message.change;
        worker.says({ confirms: await confirmed(message, ports) });
        break;
      case 'step':
        change = message.change;
        onUnderWay(change);
        screen.tell(message, message.says);
        break;
      case 'progress':
        screen.wait(message.says, message.share ?? undefined, message);
        break;
      case 'ended':
        return await ended(message.change, message.says);
      case 'refused':
      case 'failed':
      case 'busy':
        return message;
    }
  }
  return { is: 'failed', failure: lost(change) };
}

/** The digest of the plan if a person has typed the name of its cluster below it; empty without. */
async function confirmed(
  plan: Extract<TerminalSays, { is: 'plan' }>,
  { screen, typed }: ConversePorts,
): Promise<string> {
  const { text, digest, cluster, says } = plan;
  screen.tell(plan, `${withoutData(text)}\nDigest: ${digest}\n\n${says}`);
  const answer = await typed(`To confirm, type the name of the cluster (${cluster}): `);
  return answer.trim() === cluster ? digest : '';
}

const lost = (change: ChangeId | null) => ({
  kind: 'worker-lost',
  where: 'the worker',
  what: 'It ended while this command ran.',
  next:
    change === null ? 'Run the command again.' : `The next worker resumes what has begun: registry-ha show ${change}`,
});
