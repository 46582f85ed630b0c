import type { types } from '@slack/bolt';
import type { Verb } from '../../domain/plan/intent.ts';
import { ENGINE_LABELS, SWITCH_LABELS } from '../../domain/typed/flags.ts';
import { NODES_LIMIT } from '../../domain/typed/nodes.ts';
import { REASON_LIMIT } from '../../domain/typed/reason.ts';
import { verbPlug } from '../../domain/verbs/verbs.ts';
import type { FormCluster } from '../../domain/wish/form.ts';
import { type OfferedNodes, offeredNodes } from '../../domain/wish/offered-nodes.ts';
import { type Block, context, type Modal, section } from '../text/blocks.ts';
import { cut } from '../text/fit.ts';
import { code, escaped } from '../text/foreign-text.ts';

/** `callback_id` of the form. */
export const FORM = 'registry-ha:form';

/** `action_id` of each field. */
export const FIELDS = {
  verb: 'registry-ha:form:verb',
  cluster: 'registry-ha:form:cluster',
  nodes: 'registry-ha:form:nodes',
  options: 'registry-ha:form:options',
  engines: 'registry-ha:form:engines',
  reason: 'registry-ha:form:reason',
} as const;

/** `block_id` of the reason, which every form has. */
export const REASON_BLOCK = 'reason';

/** The input of a form. */
export interface FormShown {
  readonly clusters: readonly FormCluster[];
  readonly verb: Verb | null;
  readonly cluster: string | null;
  /** The channel for the card. */
  readonly channel: string;
}

/** The form, with the nodes and options of the chosen verb and cluster; null if there is nothing to choose. */
export function formView({ clusters, verb: wanted, cluster, channel }: FormShown): Modal | null {
  const chosen = clusters.find((one) => one.cluster === cluster) ?? clusters[0];
  const verb = chosen?.verbs.find((one) => one === wanted) ?? chosen?.verbs[0];
  if (chosen === undefined || verb === undefined) return null;
  return {
    type: 'modal',
    callback_id: FORM,
    title: plain('Request a change'),
    submit: plain('Request'),
    close: plain('Cancel'),
    private_metadata: JSON.stringify({ channel }),
    blocks: [
      verbInput(verb, chosen),
      ...(clusters.length > 1 ? [clusterInput(chosen, clusters)] : []),
      ...nodeBlocks(verb, chosen),
      ...optionInputs(verb),
      reasonInput(),
      context('The bot posts a card with a plan in this channel. Nothing starts before another person approves it.'),
    ],
  };
}

function verbInput(verb: Verb, { cluster, verbs }: FormCluster): Block {
  const options = verbs.map((one) => option(verbPlug(one).form?.label ?? one, one));
  return {
    type: 'input',
    block_id: `verb ${cluster}`,
    dispatch_action: true,
    label: plain('Change'),
    element: { type: 'static_select', action_id: FIELDS.verb, options, ...chosenOf(options, verb) },
  };
}

function clusterInput({ cluster }: FormCluster, clusters: readonly FormCluster[]): Block {
  const options = clusters.map((one) => option(one.cluster, one.cluster));
  return {
    type: 'input',
    block_id: 'cluster',
    dispatch_action: true,
    label: plain('Cluster'),
    element: { type: 'static_select', action_id: FIELDS.cluster, options, ...chosenOf(options, cluster) },
  };
}

const chosenOf = (options: readonly types.PlainTextOption[], wanted: string) => {
  const initial_option = options.find(({ value }) => value === wanted);
  return initial_option === undefined ? {} : { initial_option };
};

/** Block Kit reference, checkboxes element, field `options`. */
const MOST_BOXES = 10;
/** Block Kit reference, multi-select menu element, fields `options` and `option_groups`. */
const MOST_OPTIONS = 100;

function nodeBlocks(verb: Verb, { cluster, nodes, seen }: FormCluster): readonly Block[] {
  const { form } = verbPlug(verb);
  if (nodes === null || form === null) return [section(unknownNodes(cluster, verb))];
  const { nodes: all, leftOut } = offeredNodes(form, nodes, seen);
  const offered = { leftOut, nodes: all.filter(({ name }) => name.length <= VALUE_LIMIT) };
  const notes = [
    ...(offered.nodes.length < all.length ? ['Nodes with a longer name than Slack takes must be typed.'] : []),
    ...(seen.is === 'seen' ? [] : ['The bot does not know which nodes have a registry.']),
    ...(offered.leftOut.length === 0 ? [] : [`Not offered: ${offered.leftOut.join('; ')}.`]),
  ].map((line) => context(escaped(line)));
  if (offered.nodes.length === 0) return [section('No node of this cluster can take this change.'), ...notes];
  // Another ID for each list, so that Slack does not keep ticks of the list before.
  const block = { type: 'input', block_id: `nodes ${cluster} ${verb}`, label: plain('Nodes') } as const;
  const none = form.withoutNodes === null ? {} : { optional: true, hint: plain(form.withoutNodes) };
  return [{ ...block, ...none, element: nodeElement(offered) }, ...notes];
}

function nodeElement({ nodes }: OfferedNodes): types.Checkboxes | types.MultiStaticSelect {
  const options = nodes.map(({ name, note }) => option(name, name, note));
  if (options.length <= MOST_BOXES) return { type: 'checkboxes', action_id: FIELDS.nodes, options };
  const menu = { type: 'multi_static_select', action_id: FIELDS.nodes, max_selected_items: NODES_LIMIT } as const;
  if (options.length <= MOST_OPTIONS) return { ...menu, options };
  const groups = Array.from({ length: Math.ceil(options.length / MOST_OPTIONS) }, (_, n) =>
    options.slice(n * MOST_OPTIONS, (n + 1) * MOST_OPTIONS),
  );
  return { ...menu, option_groups: groups.map((part) => ({ label: plain(`From ${part[0]?.value}`), options: part })) };
}

const unknownNodes = (cluster: string, verb: Verb): string =>
  `The worker of ${escaped(cluster)} does not report, so its nodes are not known. Type the command: ${code(`/registry-ha ${verb} NODE --cluster ${cluster}`)}`;

function optionInputs(verb: Verb): readonly Block[] {
  const { switches, valued } = verbPlug(verb);
  const options = [...switches, '--dry-run' as const].map((one) => option(SWITCH_LABELS[one], one));
  const engines = Object.entries(ENGINE_LABELS).map(([order, label]) => option(label, order));
  return [
    {
      type: 'input',
      block_id: `options ${verb}`,
      label: plain('Options'),
      optional: true,
      element: { type: 'checkboxes', action_id: FIELDS.options, options },
    },
    ...(valued.includes('--engines')
      ? [
          {
            type: 'input',
            block_id: 'engines',
            label: plain('Container engines'),
            optional: true,
            element: {
              type: 'static_select',
              action_id: FIELDS.engines,
              placeholder: plain('As the policy says'),
              options: engines,
            },
          } as const,
        ]
      : []),
  ];
}

const reasonInput = (): Block => ({
  type: 'input',
  block_id: REASON_BLOCK,
  label: plain('Reason'),
  optional: true,
  element: { type: 'plain_text_input', action_id: FIELDS.reason, max_length: REASON_LIMIT },
});

/** Characters: Block Kit reference, option object, fields `text` and `description`. */
const OPTION_LIMIT = 75;

/** Characters: the same, field `value`. A node's name may have 253. */
const VALUE_LIMIT = 150;

const option = (label: string, value: string, note: string | null = null): types.PlainTextOption => ({
  text: plain(cut(label, OPTION_LIMIT)),
  value,
  ...(note === null ? {} : { description: plain(cut(note, OPTION_LIMIT)) }),
});

const plain = (text: string): types.PlainTextElement => ({ type: 'plain_text', text });
