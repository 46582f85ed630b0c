import { z } from 'zod';
import { jsonIn } from '../../../src/domain/text/json.ts';
import { withIds } from '../blocks/block-parts.ts';
import { type BlockIssue, blockIssue } from '../blocks/pointers.ts';
import { plainText } from '../blocks/text-objects.ts';
import { validateBlocks } from '../blocks/validate-blocks.ts';
import { type ApiMethod, refuse, refuseIssues, withArgs } from './answer.ts';

// Limits: docs.slack.dev, "View objects" reference.
const Modal = z.strictObject({
  type: z.literal('modal'),
  title: plainText(24),
  submit: plainText(24).optional(),
  close: plainText(24).optional(),
  blocks: z.array(z.record(z.string(), z.unknown())),
  private_metadata: z.string().max(3000).optional(),
  callback_id: z.string().max(255).optional(),
  external_id: z.string().max(255).optional(),
  clear_on_close: z.boolean().optional(),
  notify_on_close: z.boolean().optional(),
});
type Modal = z.infer<typeof Modal>;

/** Slack's answer to a view of more than 250 kB (views.open, errors). */
const VIEW_LIMIT = 250_000;

/** views.open: shows a modal to the trigger_id's person. A rejected view uses the trigger up, too. */
export const viewsOpen: ApiMethod = {
  token: 'bot',
  scopes: [],
  run: withArgs(z.object({ trigger_id: z.string(), view: z.unknown().optional() }), (args, site) => {
    const trigger = site.triggers.use(args.trigger_id);
    if (trigger.is === 'refused') return refuse(trigger.error);
    const raw = typeof args.view === 'string' ? jsonIn(args.view) : args.view;
    const modal = Modal.safeParse(raw);
    if (!modal.success) {
      return refuseIssues(
        'invalid_arguments',
        modal.error.issues.flatMap((issue) => blockIssue(issue, raw, '/view')),
      );
    }
    if (Buffer.byteLength(JSON.stringify(modal.data)) > VIEW_LIMIT) return refuse('view_too_large');
    const issues = modalIssues(modal.data);
    if (issues.length > 0) return refuseIssues('invalid_arguments', issues);
    const view = { ...modal.data, id: `V0${site.newId()}`, blocks: withIds(modal.data.blocks, site.newId) };
    site.views.push({ id: view.id, person: trigger.person, view });
    site.timeline.touch();
    return { ok: true, view: { ...view, team_id: site.workspace.team.id, app_id: site.workspace.appId } };
  }),
};

function modalIssues(modal: Modal): readonly BlockIssue[] {
  const issues = validateBlocks('modal', modal.blocks);
  const asks = modal.blocks.some((block) => block.type === 'input');
  if (!asks || modal.submit !== undefined) return issues;
  return [...issues, { pointer: '/view', says: 'missing required field: submit' }];
}
