import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { Person } from '../domain/approval.ts';
import { DECISIONS, type DecisionKind } from '../domain/policy.ts';
import { isRefusal } from '../domain/refusal.ts';
import { answer, BROKEN, FOREIGN, refusalText } from './answers.ts';
import type { Decision, Log, UseCases } from './bot-ports.ts';
import { ACTIONS } from './buttons.ts';

export interface ActionOptions {
  readonly useCases: Pick<UseCases, 'decide'>;
  /** Is this workspace served? */
  readonly serves: (team: string) => boolean;
  readonly log: Log;
}

const Click = z.object({
  user: z.object({
    id: z.string(),
    name: z.string().optional(),
    username: z.string().optional(),
    team_id: z.string().optional(),
  }),
  team: z.object({ id: z.string() }).nullish(),
  channel: z.object({ id: z.string() }).optional(),
  actions: z.tuple([z.object({ action_id: z.string(), value: z.string().optional() })]).rest(z.unknown()),
});
type Click = z.infer<typeof Click>;

/** What a button of ours carries: the change, and the plan that its card showed. */
const ButtonValue = z.strictObject({
  change: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,299}$/),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});

const UNKNOWN = 'I do not know this button; its card may be from another version of me. Ask for the change again.';

/** Answers every click: acked at once, then decided; the card shows what came of it. */
export function registerActions(app: App, options: ActionOptions): void {
  app.action(/.*/, async ({ ack, body, respond }) => {
    await ack();
    const words = await wordsFor(body, options);
    if (words !== null) await answer(respond, words, options.log);
  });
}

/** What the person who clicked has to be told; null when the card tells all. */
async function wordsFor(body: unknown, { useCases, serves, log }: ActionOptions): Promise<string | null> {
  const click = Click.safeParse(body);
  if (!click.success) return UNKNOWN;
  const teams = [click.data.user.team_id, click.data.team?.id].filter((id) => id !== undefined);
  const [team] = teams;
  if (team === undefined || !teams.every(serves)) return FOREIGN;
  const decision = decisionOf(click.data, team);
  if (decision === null) return UNKNOWN;
  try {
    const decided = await useCases.decide(decision);
    return isRefusal(decided) ? refusalText(decided) : null;
  } catch (err) {
    log.error({ err, change: decision.change, user: decision.by.id }, 'a decision broke');
    return BROKEN;
  }
}

function decisionOf({ user, channel, actions: [action] }: Click, team: string): Decision | null {
  const kind = KINDS.get(action.action_id);
  const value = carriedBy(action.value);
  if (kind === undefined || value === null || channel === undefined) return null;
  return { kind, ...value, by: personOf(user), channel: channel.id, team };
}

const KINDS: ReadonlyMap<string, DecisionKind> = new Map(DECISIONS.map((kind) => [ACTIONS[kind], kind] as const));

function carriedBy(text: string | undefined): z.infer<typeof ButtonValue> | null {
  try {
    return ButtonValue.safeParse(JSON.parse(text ?? '')).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const personOf = ({ id, name, username }: Click['user']): Person => ({ id, name: name ?? username ?? id });
