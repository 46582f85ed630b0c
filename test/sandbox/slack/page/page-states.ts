/** A message of the fixed states, in the page API's format. */
export interface CannedMessage {
  readonly ts: string;
  readonly author: { readonly id: string; readonly name: string; readonly isBot: boolean };
  readonly text: string;
  readonly blocks: readonly unknown[];
  readonly edits: number;
  readonly files?: readonly { readonly id: string; readonly name: string; readonly size: number }[];
  readonly editedAt?: string;
  readonly threadTs?: string;
  readonly ephemeralFor?: string;
  readonly broadcast?: boolean;
}

export const ALICE = { id: 'U0ALICE', name: 'alice', isBot: false } as const;
const BOB = { id: 'U0BOB', name: 'bob', isBot: false } as const;
const BOT = { id: 'U0BOT', name: 'registry-ha', isBot: true } as const;

/** The channel with these messages. */
export function stateOf(messages: readonly CannedMessage[]): unknown {
  return {
    channel: { id: 'C0OPS', name: 'metalk8s-ops' },
    people: [
      { ...ALICE, title: 'operator' },
      { ...BOB, title: 'approver' },
      { id: 'U0MALLORY', name: 'mallory', title: 'no permission' },
    ],
    bot: { id: BOT.id, name: BOT.name },
    commands: [
      {
        command: '/registry-ha',
        description: 'A second registry for a MetalK8s cluster, planned, approved, done and proven',
        usageHint: 'add NODE… [--cluster NAME] [--reason "…"] | help',
      },
    ],
    messages: messages.map((message) => ({ channel: 'C0OPS', ...message })),
  };
}

/** A message at this many seconds after the start. */
export function message(seconds: number, text: string, more: Partial<CannedMessage> = {}): CannedMessage {
  return { ts: tsAt(seconds), author: BOT, text, blocks: [], edits: 0, ...more };
}

/** The ts of that moment. */
export function tsAt(seconds: number): string {
  return `${1_795_340_000 + seconds}.000100`;
}

type Status = 'pending' | 'in_progress' | 'complete' | 'error';

const richText = (text: string) => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
});

const STEPS: readonly (readonly [title: string, details: string])[] = [
  ['Copy metalk8s-127.0.4.iso to node-2', '1.9 GiB, SHA-256 checked on both sides'],
  ['Copy metalk8s-128.0.1.iso to node-2', '2.0 GiB, SHA-256 checked on both sides'],
  ['Mount both archives on node-2', 'metalk8s.archives.mounted'],
  ['Make the solutions available on node-2', 'metalk8s.solutions.available'],
  ['Serve version 127.0.4 from node-2', 'metalk8s.repo.configured, saltenv metalk8s-127.0.4'],
  ['Deploy the registry on node-2', 'metalk8s.repo.installed, saltenv metalk8s-128.0.1'],
  ['Wait until node-2 is among the endpoints', 'kube-system/repositories: 10.0.0.11, 10.0.0.12'],
  ['Reconfigure every container engine', 'bootstrap, node-2, node-3: containerd restarts'],
  ['Prove that every image is served', '214 images of 2 archives, manifests and blobs'],
];

function task(index: number, complete: number): unknown {
  const [title, details] = STEPS[index] ?? ['', ''];
  const status: Status = index < complete ? 'complete' : index === complete ? 'in_progress' : 'pending';
  const output = status === 'in_progress' && index > 0 ? { output: richText('62 % · 41 MiB/s · about 18 s left') } : {};
  return { type: 'task_card', task_id: `step-${index}`, title, details: richText(details), status, ...output };
}

/** The blocks of a plan card with `complete` done steps; without an approval it has its two buttons. */
export function planCard(complete: number | 'unapproved'): readonly unknown[] {
  const isOpen = complete === 'unapproved';
  const tasks = STEPS.map((_, index) => task(index, isOpen ? -1 : complete));
  const field = (name: string, value: string) => ({ type: 'mrkdwn', text: `*${name}*\n${value}` });
  return [
    { type: 'header', text: { type: 'plain_text', text: ':package: A second registry on node-2', emoji: true } },
    {
      type: 'section',
      fields: [
        field('Cluster', '`production-paris`'),
        field('Change', '`c-7f3a` · add `node-2`'),
        field('Asked by', '<@U0ALICE>'),
        field('Reason', 'bootstrap reboots on Sunday'),
      ],
    },
    { type: 'plan', title: 'Plan: 9 steps, about 6 minutes', tasks },
    {
      type: 'context',
      elements: [
        {
          type: 'mrkdwn',
          text: ':warning: Step 8 restarts containerd on every node. Running pods keep running; image pulls wait a moment.',
        },
      ],
    },
    ...(isOpen ? [decisionButtons()] : [approvedBy()]),
  ];
}

function approvedBy(): unknown {
  return {
    type: 'context',
    elements: [{ type: 'mrkdwn', text: ':white_check_mark: Approved by <@U0BOB> · plan `9c41e07b`' }],
  };
}

function decisionButtons(): unknown {
  return {
    type: 'actions',
    block_id: 'decision',
    elements: [
      {
        type: 'button',
        action_id: 'approve',
        style: 'primary',
        text: { type: 'plain_text', text: 'Approve' },
        value: 'c-7f3a',
        confirm: {
          title: { type: 'plain_text', text: 'Run this plan?' },
          text: {
            type: 'mrkdwn',
            text: 'It changes *production-paris*: 9 steps on `node-2` and every container engine.',
          },
          confirm: { type: 'plain_text', text: 'Run it' },
          deny: { type: 'plain_text', text: 'Not yet' },
        },
      },
      {
        type: 'button',
        action_id: 'deny',
        text: { type: 'plain_text', text: 'Deny' },
        value: 'c-7f3a',
        style: 'danger',
      },
    ],
  };
}
