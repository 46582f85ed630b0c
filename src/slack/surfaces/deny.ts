import type { App } from '@slack/bolt';
import { z } from 'zod';
import { isRefusal } from '../../domain/answers/refusal.ts';
import { isChangeId } from '../../domain/change/change-id.ts';
import { jsonIn } from '../../domain/text/json.ts';
import { reasonFrom } from '../../domain/typed/reason.ts';
import { ACTOR, personOf, senderOf } from '../inbox/actor.ts';
import { DENY_FORM, DENY_REASON, type DenyAbout, denyView } from '../parts/deny-view.ts';
import { answer, type Request, type SurfaceOptions } from './answers.ts';
import { byMessages } from './respond.ts';

/** The submitted window. Everything in `view` is checked, what the bot wrote itself too. */
const Payload = z.object({
  ...ACTOR,
  view: z.object({
    id: z.string(),
    callback_id: z.literal(DENY_FORM),
    private_metadata: z.string(),
    state: z.object({
      values: z.record(z.string(), z.record(z.string(), z.object({ value: z.string().nullish() }))),
    }),
  }),
});

const About = z.strictObject({
  change: z.string().refine((id) => isChangeId(id)),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  channel: z.string().regex(/^[CG][A-Z0-9]+$/),
});

const UNREADABLE = 'The bot cannot read this window. It may be from another version of the bot. Click Deny again.';

/** Handles the window of Deny: its submission is the decision. */
export function registerDeny(app: App, options: SurfaceOptions): void {
  app.view({ callback_id: DENY_FORM, type: 'view_submission' }, async ({ ack, body }) => {
    const read = readWindow(body, options);
    if (typeof read === 'string')
      return await ack({ response_action: 'errors', errors: { [DENY_REASON.block]: read } });
    await ack();
    await answer(read, byMessages(options, { channel: read.channel }, read.by.id), options);
  });
}

/** The decision; or what is wrong, for the field of the reason. */
function readWindow(body: unknown, options: SurfaceOptions) {
  const payload = Payload.safeParse(body).data;
  const about = About.safeParse(jsonIn(payload?.view.private_metadata ?? '')).data;
  if (payload === undefined || about === undefined) return UNREADABLE;
  const { view } = payload;
  const sender = senderOf(payload, false);
  const rejection = options.whyNot(sender);
  if (rejection !== null) return rejection;
  const typed = view.state.values[DENY_REASON.block]?.[DENY_REASON.action]?.value ?? '';
  const reason = typed.trim() === '' ? undefined : reasonFrom(typed);
  if (isRefusal(reason)) return reason.says;
  const { channel, change, digest } = about;
  const decision = { kind: 'deny', change, digest, ...(reason === undefined ? {} : { reason }) } as const;
  const by = personOf(payload);
  return { sender, by, channel, trigger: view.id, wish: { is: 'decision', decision } } as const;
}

/** Opens the window for a person who may deny. False if Slack shows none now: then the click itself denies, or is refused. */
export async function askWhy(
  { by, channel, trigger }: Pick<Request, 'by' | 'channel' | 'trigger'>,
  { change: id, digest }: Pick<DenyAbout, 'change' | 'digest'>,
  { planned, useCases, slack, log }: Pick<SurfaceOptions, 'planned' | 'useCases' | 'slack' | 'log'>,
): Promise<boolean> {
  try {
    const change = trigger === undefined ? null : await planned(id);
    if (change === null || trigger === undefined) return false;
    if ((await useCases.whyNotDecide({ kind: 'deny', change: id, digest, by, channel })) !== null) return false;
    await slack.open(trigger, denyView(change, { change: id, digest, channel }));
    return true;
  } catch (err) {
    log.warn({ err, change: id }, 'The window of Deny could not be opened; the click denies');
    return false;
  }
}
