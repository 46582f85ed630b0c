import type { App } from '@slack/bolt';
import { z } from 'zod';
import { isRefusal } from '../../domain/answers/refusal.ts';
import { isChangeId } from '../../domain/change/change-id.ts';
import { jsonIn } from '../../domain/text/json.ts';
import { reasonFrom } from '../../domain/typed/reason.ts';
import { ACTOR, personOf, senderOf } from '../inbox/actor.ts';
import { REASON, REASON_FORMS, type ReasonAbout, type ReasonKind, reasonView } from '../parts/reason-view.ts';
import { answer, type Request, type SurfaceOptions } from './answers.ts';
import { byMessages } from './respond.ts';

/** The submitted window. Everything in `view` is checked, what the bot wrote itself too. */
const Payload = z.object({
  ...ACTOR,
  view: z.object({
    id: z.string(),
    callback_id: z.string(),
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

const UNREADABLE =
  'The bot cannot read this window. It may be from another version of the bot. Click the button again.';

/** Handles the windows of Deny and Break glass: a submission is the decision. */
export function registerReasons(app: App, options: SurfaceOptions): void {
  for (const kind of ['deny', 'break-glass'] as const) {
    app.view({ callback_id: REASON_FORMS[kind], type: 'view_submission' }, async ({ ack, body }) => {
      const read = readWindow(kind, body, options);
      if (typeof read === 'string') return await ack({ response_action: 'errors', errors: { [REASON.block]: read } });
      await ack();
      await answer(read, byMessages(options, { channel: read.channel }, read.by.id), options);
    });
  }
}

/** The decision; or what is wrong, for the field of the reason. */
function readWindow(kind: ReasonKind, body: unknown, options: SurfaceOptions) {
  const payload = Payload.safeParse(body).data;
  const about = About.safeParse(jsonIn(payload?.view.private_metadata ?? '')).data;
  if (payload === undefined || about === undefined) return UNREADABLE;
  const { view } = payload;
  const sender = senderOf(payload, false);
  const rejection = options.whyNot(sender);
  if (rejection !== null) return rejection;
  const typed = view.state.values[REASON.block]?.[REASON.action]?.value ?? '';
  const reason = typed.trim() === '' && kind === 'deny' ? undefined : reasonFrom(typed);
  if (isRefusal(reason)) return reason.says;
  const { channel, change, digest } = about;
  const decision = { kind, change, digest, ...(reason === undefined ? {} : { reason }) } as const;
  const by = personOf(payload);
  return { sender, by, channel, trigger: view.id, wish: { is: 'decision', decision } } as const;
}

/** Opens the window for a person who may decide this. False if Slack shows none now: then the click itself denies, or is refused. */
export async function askWhy(
  kind: ReasonKind,
  { by, channel, trigger }: Pick<Request, 'by' | 'channel' | 'trigger'>,
  { change: id, digest }: Pick<ReasonAbout, 'change' | 'digest'>,
  { planned, useCases, slack, log }: Pick<SurfaceOptions, 'planned' | 'useCases' | 'slack' | 'log'>,
): Promise<boolean> {
  try {
    const change = trigger === undefined ? null : await planned(id);
    if (change === null || trigger === undefined) return false;
    if ((await useCases.whyNotDecide({ kind, change: id, digest, by, channel })) !== null) return false;
    await slack.open(trigger, reasonView(kind, change, { change: id, digest, channel }));
    return true;
  } catch (err) {
    log.warn({ err, change: id, kind }, 'The window for a reason could not be opened');
    return false;
  }
}
