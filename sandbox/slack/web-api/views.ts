import { z } from 'zod';
import { jsonIn } from '../../../src/domain/text/json.ts';
import { withIds } from '../blocks/block-parts.ts';
import { type BlockIssue, blockIssue } from '../blocks/pointers.ts';
import { plainText } from '../blocks/text-objects.ts';
import { validateBlocks } from '../blocks/validate-blocks.ts';
import type { Fields } from '../json.ts';
import type { Site } from '../site/site.ts';
import type { OpenView } from '../site/views.ts';
import type { Workspace } from '../site/workspace.ts';
import { type Answer, type ApiMethod, refuse, refuseIssues, withArgs } from './answer.ts';

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
    const read = modalIn(args.view, site);
    if (read.is === 'refused') return read.answer;
    return shown(site.views.open(`V0${site.newId()}`, trigger.person, read.modal), site);
  }),
};

/** views.update: replaces an open modal; with `hash`, only if it is as the bot last saw it. */
export const viewsUpdate: ApiMethod = {
  token: 'bot',
  scopes: [],
  run: withArgs(
    z.object({ view_id: z.string(), hash: z.string().optional(), view: z.unknown().optional() }),
    (args, site) => {
      const before = site.views.find(args.view_id);
      if (before === undefined || !before.isOpen) return refuse('not_found');
      if (args.hash !== undefined && args.hash !== before.hash) return refuse('hash_conflict');
      const read = modalIn(args.view, site);
      return read.is === 'refused' ? read.answer : shown(site.views.update(before, read.modal), site);
    },
  ),
};

const Home = z.strictObject({
  type: z.literal('home'),
  blocks: z.array(z.record(z.string(), z.unknown())),
  private_metadata: z.string().max(3000).optional(),
  callback_id: z.string().max(255).optional(),
  external_id: z.string().max(255).optional(),
});

/** views.publish: replaces the Home of a person. The app must have the Home tab (`not_enabled`). */
export const viewsPublish: ApiMethod = {
  token: 'bot',
  scopes: [],
  run: withArgs(z.object({ user_id: z.string(), view: z.unknown().optional() }), ({ user_id, view: given }, site) => {
    const { workspace, homes } = site;
    if (!workspace.manifest.hasHome) return refuse('not_enabled');
    if (!workspace.people.some(({ id }) => id === user_id)) return refuse('user_not_found');
    const raw = typeof given === 'string' ? jsonIn(given) : given;
    const home = Home.safeParse(raw);
    if (!home.success) {
      const wrong = home.error.issues.flatMap((issue) => blockIssue(issue, raw, '/view'));
      return refuseIssues('invalid_arguments', wrong);
    }
    const issues = validateBlocks('home', home.data.blocks);
    if (issues.length > 0) return refuseIssues('invalid_arguments', issues);
    if (Buffer.byteLength(JSON.stringify(home.data)) > VIEW_LIMIT) return refuse('view_too_large');
    const view = { ...home.data, blocks: withIds(home.data.blocks, site.newId) };
    homes.push({ id: `V0${site.newId()}`, person: user_id, view });
    site.timeline.touch();
    return { ok: true, view };
  }),
};

type ReadModal = { readonly is: 'modal'; readonly modal: Fields } | { readonly is: 'refused'; readonly answer: Answer };

/** The view of a call, checked by all of Slack's rules. */
function modalIn(given: unknown, site: Site): ReadModal {
  const raw = typeof given === 'string' ? jsonIn(given) : given;
  const modal = Modal.safeParse(raw);
  if (!modal.success) {
    const issues = modal.error.issues.flatMap((issue) => blockIssue(issue, raw, '/view'));
    return { is: 'refused', answer: refuseIssues('invalid_arguments', issues) };
  }
  if (Buffer.byteLength(JSON.stringify(modal.data)) > VIEW_LIMIT)
    return { is: 'refused', answer: refuse('view_too_large') };
  const issues = modalIssues(modal.data);
  if (issues.length > 0) return { is: 'refused', answer: refuseIssues('invalid_arguments', issues) };
  return { is: 'modal', modal: { ...modal.data, blocks: withIds(modal.data.blocks, site.newId) } };
}

function shown(opened: OpenView, site: Site): Answer {
  site.timeline.touch();
  return { ok: true, view: viewWire(opened, site.workspace) };
}

/** A view in the format of the Web API and of interaction payloads ("View interaction payloads"). */
export function viewWire({ id, hash, view, values }: OpenView, { team, appId, botId }: Workspace): Fields {
  return {
    ...{ clear_on_close: false, notify_on_close: false, private_metadata: '', callback_id: '', external_id: '' },
    ...view,
    ...{ id, hash, team_id: team.id, app_id: appId, bot_id: botId, root_view_id: id, previous_view_id: null },
    ...{ app_installed_team_id: team.id, state: { values } },
  };
}

function modalIssues(modal: Modal): readonly BlockIssue[] {
  const issues = validateBlocks('modal', modal.blocks);
  const asks = modal.blocks.some((block) => block.type === 'input');
  if (!asks || modal.submit !== undefined) return issues;
  return [...issues, { pointer: '/view', says: 'missing required field: submit' }];
}
