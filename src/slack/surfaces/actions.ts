import type { App } from '@slack/bolt';
import { z } from 'zod';
import { isRefusal } from '../../domain/answers/refusal.ts';
import { isChangeId } from '../../domain/change/change-id.ts';
import { DECISIONS, type DecisionKind } from '../../domain/policy/policy.ts';
import { jsonIn } from '../../domain/text/json.ts';
import type { Wish } from '../../domain/wish/wish.ts';
import { ACTOR, personOf, senderOf } from '../inbox/actor.ts';
import { Flag, type Sender } from '../inbox/sender.ts';
import { againOf, sameWish } from '../parts/again-button.ts';
import { ACTIONS } from '../parts/buttons.ts';
import { plannedBy } from '../parts/plan-button.ts';
import { UNDO_ACTION } from '../parts/undo-button.ts';
import { unfreezeWish } from '../parts/unfreeze-button.ts';
import { FULL_PLAN_ACTION } from '../plan/full-plan.ts';
import { brokenText } from './answer-words.ts';
import { answer, type Request, type SurfaceOptions } from './answers.ts';
import { askWhy } from './reason-window.ts';
import { type Respond, say, throughUrl } from './respond.ts';
import { type PlanClick, showPlan } from './show-plan.ts';

const Click = z.object({
  ...ACTOR,
  channel: z.object({ id: z.string(), is_ext_shared: Flag }).optional(),
  is_ext_shared_channel: Flag,
  trigger_id: z.string().optional(),
  actions: z.tuple([z.object({ action_id: z.string(), value: z.string().optional() })]).rest(z.unknown()),
});
type Click = z.infer<typeof Click>;

/** The value of our buttons: the change, and the plan on its card. */
const ButtonValue = z.strictObject({
  change: z.string().refine((id) => isChangeId(id)),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});

const UNKNOWN =
  'The bot does not know this button. The card may be from another version of the bot. Request the change again.';

/** Handles every button of a card: acknowledges at once, then decides. The card shows the result. */
export function registerActions(app: App, options: SurfaceOptions): void {
  // The fields of a form are another surface.
  app.action(/^(?!registry-ha:form:)/, async ({ ack, body, respond: byUrl }) => {
    await ack();
    const respond = throughUrl(byUrl);
    try {
      await handle(Click.safeParse(body).data ?? null, respond, options);
    } catch (err) {
      options.log.error({ err }, 'A click could not be read');
      await say({ to: 'asker', text: brokenText(err) }, respond, options.log);
    }
  });
}

async function handle(click: Click | null, respond: Respond, options: SurfaceOptions): Promise<void> {
  const rejection = click === null ? UNKNOWN : options.whyNot(senderIn(click));
  if (click === null || rejection !== null)
    return await say({ to: 'asker', text: rejection ?? UNKNOWN }, respond, options.log);
  const plan = planClick(click);
  if (plan !== null) return await showPlan(plan, respond, options);
  const request = await requestOf(click, options);
  if (request === null) return await say({ to: 'asker', text: UNKNOWN }, respond, options.log);
  if (!(await isAsked(request, options))) await answer(request, respond, options);
}

/** Whether the person is asked for a reason first. */
async function isAsked(request: Request, options: SurfaceOptions): Promise<boolean> {
  const { wish } = request;
  if (isRefusal(wish) || wish.is !== 'decision') return false;
  const { kind } = wish.decision;
  return (kind === 'deny' || kind === 'break-glass') && (await askWhy(kind, request, wish.decision, options));
}

function planClick({ actions: [{ action_id, value }], trigger_id: trigger }: Click): PlanClick | null {
  const shown = action_id === FULL_PLAN_ACTION ? carriedBy(value) : null;
  return shown === null ? null : { ...shown, trigger };
}

/** Null for an unknown button. */
async function requestOf(click: Click, options: SurfaceOptions): Promise<Request | null> {
  const { channel, actions, trigger_id: trigger } = click;
  const wish = wishOf(actions[0]) ?? (await wishedAgain(actions[0], options));
  if (wish === null || channel === undefined) return null;
  return { sender: senderIn(click), by: personOf(click), channel: channel.id, trigger, wish };
}

const senderIn = (click: Click): Sender =>
  senderOf(click, click.is_ext_shared_channel || (click.channel?.is_ext_shared ?? false));

/** The wish of an ended change; null for any other button, and for a change whose record cannot be trusted. */
async function wishedAgain(
  { action_id, value }: Click['actions'][0],
  { planned }: SurfaceOptions,
): Promise<Wish | null> {
  const id = againOf(action_id, value);
  const change = id === null ? null : await planned(id);
  return change === null ? null : sameWish(change);
}

function wishOf({ action_id: id, value: text }: Click['actions'][0]): Wish | null {
  const intent = plannedBy(id, text);
  if (intent !== null) return { is: 'change', intent };
  const hold = unfreezeWish(id, text);
  if (hold !== null) return { is: 'hold', hold };
  const value = carriedBy(text);
  if (value === null) return null;
  if (id === UNDO_ACTION) return { is: 'undo-of', undoes: value.change };
  const kind = KINDS.get(id);
  return kind === undefined ? null : { is: 'decision', decision: { kind, ...value } };
}

const KINDS: ReadonlyMap<string, DecisionKind> = new Map(DECISIONS.map((kind) => [ACTIONS[kind], kind] as const));

function carriedBy(text: string | undefined): z.infer<typeof ButtonValue> | null {
  return ButtonValue.safeParse(jsonIn(text ?? '')).data ?? null;
}
