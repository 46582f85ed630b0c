import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { UseCases } from '../../app/ask/bot-use-cases.ts';
import type { Decision } from '../../app/ask/decide-change.ts';
import { isRefusal } from '../../domain/answers/refusal.ts';
import type { Person } from '../../domain/change/approval.ts';
import type { Change } from '../../domain/change/change.ts';
import { approvalsNeeded } from '../../domain/change/votes.ts';
import { DECISIONS, type DecisionKind, isStart } from '../../domain/policy/policy.ts';
import { count } from '../../domain/text/format.ts';
import { jsonIn } from '../../domain/text/json.ts';
import { Flag, isBotId, type Sender } from '../inbox/sender.ts';
import { isClosedChannel, type PostOptions, postCard } from '../outbox/post-card.ts';
import { ACTIONS } from '../parts/buttons.ts';
import { UNDO_ACTION } from '../parts/undo-button.ts';
import { answer, BROKEN, brokenText, INVITE, refusalText } from './answers.ts';

export interface ActionOptions extends PostOptions {
  readonly useCases: Pick<UseCases, 'decide' | 'undo'>;
  /** Why this sender is not heard; null for people of our own workspace. */
  readonly whyNot: (sender: Sender) => string | null;
}

const Click = z.object({
  user: z.object({
    id: z.string(),
    name: z.string().optional(),
    username: z.string().optional(),
    team_id: z.string().optional(),
    is_bot: Flag,
  }),
  team: z.object({ id: z.string() }).nullish(),
  enterprise: z.object({ id: z.string() }).nullish(),
  channel: z.object({ id: z.string(), is_ext_shared: Flag }).optional(),
  is_ext_shared_channel: Flag,
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
async function wordsFor(body: unknown, options: ActionOptions): Promise<string | null> {
  const { useCases, whyNot, log } = options;
  const click = Click.safeParse(body);
  if (!click.success) return UNKNOWN;
  const unheard = whyNot(senderOf(click.data));
  if (unheard !== null) return unheard;
  if (click.data.actions[0].action_id === UNDO_ACTION) return await undoWords(click.data, options);
  const decision = decisionOf(click.data);
  if (decision === null) return UNKNOWN;
  try {
    const decided = await useCases.decide(decision);
    return isRefusal(decided) ? refusalText(decided) : voteText(decision, decided);
  } catch (err) {
    log.error({ err, change: decision.change, user: decision.by.id }, 'a decision broke');
    return brokenText(err);
  }
}

/** An undo is no decision about a change but a request for another one, with a card of its own. */
async function undoWords({ user, channel, actions: [action] }: Click, options: ActionOptions): Promise<string | null> {
  const value = carriedBy(action.value);
  if (value === null || channel === undefined) return UNKNOWN;
  const wish = { undoes: value.change, by: personOf(user), channel: channel.id };
  try {
    const asked = await options.useCases.undo(wish, (change) => postCard(change, channel.id, options));
    return isRefusal(asked) ? refusalText(asked) : null;
  } catch (err) {
    if (isClosedChannel(err)) return INVITE;
    options.log.error({ err, change: value.change, user: wish.by.id }, 'a request for an undo broke');
    return BROKEN;
  }
}

const senderOf = ({ user, team, enterprise, channel, is_ext_shared_channel }: Click): Sender => ({
  teams: [user.team_id, team?.id],
  enterprises: [enterprise?.id],
  isBot: user.is_bot || isBotId(user.id),
  isShared: is_ext_shared_channel || (channel?.is_ext_shared ?? false),
});

/** Whose approval is one of several hears that it is noted; all else the card tells. */
function voteText({ kind, by }: Decision, change: Change): string | null {
  if (!isStart(kind) || !change.votes.some(({ id }) => id === by.id)) return null;
  const [given, needed] = [change.votes.length, approvalsNeeded(change)];
  return `Your approval is noted: ${given} of ${needed}. ${count(needed - given, 'more person', 'more people')} must approve.`;
}

function decisionOf({ user, channel, actions: [action] }: Click): Decision | null {
  const kind = KINDS.get(action.action_id);
  const value = carriedBy(action.value);
  if (kind === undefined || value === null || channel === undefined) return null;
  return { kind, ...value, by: personOf(user), channel: channel.id };
}

const KINDS: ReadonlyMap<string, DecisionKind> = new Map(DECISIONS.map((kind) => [ACTIONS[kind], kind] as const));

function carriedBy(text: string | undefined): z.infer<typeof ButtonValue> | null {
  return ButtonValue.safeParse(jsonIn(text ?? '')).data ?? null;
}

const personOf = ({ id, name, username }: Click['user']): Person => ({ id, name: name ?? username ?? id });
