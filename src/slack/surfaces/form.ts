import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { Refusal } from '../../domain/answers/refusal.ts';
import { CLUSTER_NAME } from '../../domain/cluster/cluster-name.ts';
import { isVerb } from '../../domain/plan/intent.ts';
import { jsonIn } from '../../domain/text/json.ts';
import { type Form, isWrongField, typedForm, wishOfForm } from '../../domain/wish/form.ts';
import { ACTOR, personOf, senderOf } from '../inbox/actor.ts';
import { FIELDS, FORM, formView, REASON_BLOCK } from '../parts/form-view.ts';
import { code } from '../text/foreign-text.ts';
import { answer, type SurfaceOptions } from './answers.ts';
import { byMessages, type Respond } from './respond.ts';

const Option = z.object({ value: z.string() });
const Value = z.object({
  value: z.string().nullish(),
  selected_option: Option.nullish(),
  selected_options: z.array(Option).nullish(),
});

/** A submitted form, or a click in one. Everything in `view` is checked, what the bot wrote itself too. */
const Payload = z.object({
  ...ACTOR,
  view: z.object({
    id: z.string(),
    hash: z.string().optional(),
    callback_id: z.literal(FORM),
    private_metadata: z.string(),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), Value)) }),
  }),
});
type Payload = z.infer<typeof Payload>;

const Metadata = z.strictObject({ channel: z.string().regex(/^[CGD][A-Z0-9]+$/) });

const UNREADABLE = 'The bot cannot read this form. It may be from another version of the bot. Run /registry-ha again.';

const NO_NODE = 'Choose a change, and at least one node that can take it.';

/** Handles the form: a choice redraws it, and its submission is a command. Input errors are shown at their field. */
export function registerForm(app: App, options: SurfaceOptions): void {
  app.view({ callback_id: FORM, type: 'view_submission' }, async ({ ack, body }) => {
    const read = await readForm(body, options);
    if ('wrong' in read) return await ack({ response_action: 'errors', errors: read.wrong });
    await ack();
    const { request, respond } = read;
    await answer(request, respond, options);
  });
  app.action({ type: 'block_actions', action_id: /^registry-ha:form:/ }, async ({ ack, body }) => {
    await ack();
    await redraw(body, options).catch((err: unknown) => options.log.warn({ err }, 'A form could not be redrawn'));
  });
}

/** The request of a form, and how to reply; or what is wrong, by block. */
async function readForm(body: unknown, options: SurfaceOptions) {
  const payload = Payload.safeParse(body).data;
  const channel = Metadata.safeParse(jsonIn(payload?.view.private_metadata ?? '')).data?.channel;
  const entered = payload === undefined ? null : enteredIn(payload);
  if (payload === undefined || channel === undefined || entered === null)
    return { wrong: { [REASON_BLOCK]: UNREADABLE } };
  const { user, view } = payload;
  const rejection = options.whyNot(senderOf(payload, false));
  if (rejection !== null) return { wrong: { [REASON_BLOCK]: rejection } };
  const wish = await options.parsed(channel, (context) => wishOfForm(entered.form, context));
  if (isWrongField(wish)) {
    const block = entered.blocks.get(wish.field) ?? entered.blocks.get('verb') ?? REASON_BLOCK;
    const isEmpty = wish.field === 'nodes' && entered.form.nodes.length === 0;
    return { wrong: { [block]: isEmpty ? NO_NODE : inForm(wish.refusal) } };
  }
  const by = personOf(payload);
  const request = { sender: senderOf(payload, false), by, channel, trigger: view.id, wish };
  return { request, respond: withTyped(entered.form, byMessages(options, { channel }, user.id)) };
}

/** The explanation at a field, which shows plain text. */
const inForm = ({ says, tryNext }: Refusal): string => [says, tryNext ?? ''].join(' ').trim();

/** The form is closed by now, so a refusal repeats it as a command. */
const withTyped =
  (form: Form, respond: Respond): Respond =>
  (words) =>
    respond(
      words.to === 'asker' ? { ...words, text: `${words.text}\nYou requested: ${code(typedForm(form))}` } : words,
    );

interface Entered {
  readonly form: Form;
  /** The block of each field. */
  readonly blocks: ReadonlyMap<string, string>;
}

/** What the person entered; null if it is no form of ours. */
function enteredIn({ view }: Payload): Entered | null {
  const fields = Object.entries(view.state.values).flatMap(([block, actions]) =>
    Object.entries(actions).map(([action, value]) => ({ block, action, value })),
  );
  const of = (wanted: string) => fields.find(({ action }) => action === wanted);
  const listOf = (wanted: string) => (of(wanted)?.value.selected_options ?? []).map(({ value }) => value);
  const verb = of(FIELDS.verb)?.value.selected_option?.value ?? '';
  const cluster = of(FIELDS.cluster)?.value.selected_option?.value ?? null;
  const engines = of(FIELDS.engines)?.value.selected_option?.value;
  if (!isVerb(verb) || (cluster !== null && !CLUSTER_NAME.test(cluster))) return null;
  const form: Form = {
    ...{ verb, cluster, nodes: listOf(FIELDS.nodes) },
    options: [...listOf(FIELDS.options), ...(engines === undefined ? [] : ['--engines', engines])],
    reason: of(FIELDS.reason)?.value.value ?? '',
  };
  const blocks = Object.entries(FIELDS).flatMap(([field, action]) => {
    const block = of(action)?.block;
    return block === undefined ? [] : [[field, block] as const];
  });
  return { form, blocks: new Map(blocks) };
}

/** Draws the form again for the chosen verb and cluster. */
async function redraw(body: unknown, { useCases, slack, whyNot }: SurfaceOptions): Promise<void> {
  const payload = Payload.safeParse(body).data;
  const channel = Metadata.safeParse(jsonIn(payload?.view.private_metadata ?? '')).data?.channel;
  const entered = payload === undefined ? null : enteredIn(payload);
  if (payload === undefined || channel === undefined || entered === null || whyNot(senderOf(payload, false)) !== null)
    return;
  const { view } = payload;
  const by = personOf(payload);
  const { verb, cluster } = entered.form;
  const shown = formView({ clusters: await useCases.form({ by, channel }), verb, cluster, channel });
  if (shown !== null) await slack.redraw(view.id, view.hash, shown);
}
