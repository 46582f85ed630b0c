import { z } from 'zod';
import { failureReport } from '../answers/failure-report.ts';
import { refusalSchema } from '../answers/refusal.ts';
import { changeIdSchema } from '../change/change-id.ts';
import { VERB_NAMES } from '../plan/intent.ts';
import type { Data } from '../text/shape.ts';

/** What is decided about a change at the terminal. */
export const TERMINAL_DECISIONS = ['approve', 'retry', 'cancel'] as const;
export type TerminalDecision = (typeof TERMINAL_DECISIONS)[number];

/** The commands that the worker carries out for a terminal. */
export const TERMINAL_COMMANDS = [...VERB_NAMES, ...TERMINAL_DECISIONS] as const;
export type TerminalCommand = (typeof TERMINAL_COMMANDS)[number];

/** A login of the node, or of a directory service: `alice`, `alice@corp.example`, `CORP\\alice`. */
export const LOGIN_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.@\\-]{0,127}$/;

const text = z.string();

/** What the command on the terminal asks the worker first. Fields of newer versions are ignored. */
export const terminalAsk = z.object({
  v: z.literal(1),
  login: text.regex(LOGIN_NAME),
  uid: z.int().nonnegative(),
  command: z.enum(TERMINAL_COMMANDS),
  words: z.array(text),
  /** Why one person alone starts it. */
  breakGlass: text.exactOptional(),
});
export type TerminalAsk = Data<typeof terminalAsk>;

/** What it says after the plan: the digest of the plan that a person has confirmed. */
export const terminalAnswer = z.object({ confirms: text });
export type TerminalAnswer = Data<typeof terminalAnswer>;

/** What the worker says. The last four end the conversation. */
export const terminalSays = z.discriminatedUnion('is', [
  z.object({ is: z.literal('wait'), says: text }),
  z.object({ is: z.literal('plan'), change: changeIdSchema, cluster: text, digest: text, text, says: text }),
  z.object({ is: z.literal('step'), change: changeIdSchema, says: text }),
  z.object({ is: z.literal('progress'), change: changeIdSchema, says: text, share: z.number().nullable() }),
  z.object({ is: z.literal('ended'), change: changeIdSchema, says: text }),
  z.object({ is: z.literal('refused'), refusal: refusalSchema }),
  z.object({ is: z.literal('failed'), failure: failureReport }),
  z.object({ is: z.literal('busy'), change: changeIdSchema }),
]);
export type TerminalSays = Data<typeof terminalSays>;

/** The worker's side of a conversation with a command on the terminal. */
export interface Talk {
  /** Nothing happens once the command has gone. */
  says(message: TerminalSays): void;
  /** The next answer; null if there is none, because the command has gone or the signal was aborted. */
  hears(signal: AbortSignal): Promise<TerminalAnswer | null>;
  /** Aborted when the command has gone. */
  readonly gone: AbortSignal;
}
