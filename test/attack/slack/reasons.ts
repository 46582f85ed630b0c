import type { Attack } from '../attack.ts';
import { must } from '../outcome.ts';
import { BOB, MALLORY, type Target } from '../stage/attack-stage.ts';
import type { ReasonSubmission } from '../stage/door.ts';
import { mustBeUndecided } from './clicks.ts';
import { privateWords } from './forms.ts';

const [DENY, GLASS] = ['registry-ha:deny-form', 'registry-ha:break-glass-form'] as const;

const MAY_NOT = /You may not/;
const UNREADABLE = /cannot read this window/;

/** The windows of Deny and Break glass, signed by Slack, as nobody could have submitted them. None may decide anything. */
export function reasonAttacks(): readonly Attack[] {
  return [
    reason('deny-window-by-mallory', 'the window of Deny by a person without permission', MAY_NOT, () => ({
      by: MALLORY,
      form: DENY,
    })),
    reason('deny-window-from-another-team', 'the window of Deny from another workspace', /own Slack workspace/, () => ({
      team: 'T0EVIL',
      form: DENY,
    })),
    reason('deny-window-with-more-metadata', 'metadata that names another person', UNREADABLE, (target) => ({
      form: DENY,
      metadata: JSON.stringify({ ...about(target), by: BOB.id }),
    })),
    reason('deny-window-of-another-plan', 'the digest of another plan', /older plan/, (target) => ({
      form: DENY,
      metadata: JSON.stringify({ ...about(target), digest: 'f'.repeat(64) }),
    })),
    reason('deny-window-of-another-channel', 'metadata with another channel', /channel/, (target) => ({
      form: DENY,
      metadata: JSON.stringify({ ...about(target), channel: 'C0RANDOM' }),
    })),
    reason('glass-window-by-mallory', 'the window of Break glass by a person without permission', MAY_NOT, () => ({
      by: MALLORY,
      form: GLASS,
    })),
    reason('glass-window-that-no-policy-allows', 'Break glass where the policy has none', MAY_NOT, () => ({
      form: GLASS,
    })),
    reason('glass-window-without-a-reason', 'Break glass without a reason', /The reason is empty/, () => ({
      form: GLASS,
      reason: ' ',
    })),
    reason('glass-window-without-metadata', 'Break glass without metadata', UNREADABLE, () => ({
      form: GLASS,
      metadata: '',
    })),
  ];
}

const about = ({ id, digest }: Target) => ({ change: id, digest, channel: 'C0OPS' });

type Made = Partial<ReasonSubmission> & Pick<ReasonSubmission, 'form'>;

function reason(name: string, tries: string, wanted: RegExp, make: (target: Target) => Made): Attack {
  return {
    on: 'bot',
    name,
    tries,
    async stopped(stage) {
      const target = await stage.undecided();
      const heard = privateWords(stage).length;
      const metadata = JSON.stringify(about(target));
      const { text } = await stage.door.submitReason({ by: BOB, metadata, reason: 'because', ...make(target) });
      const told = () => [text, ...privateWords(stage).slice(heard)].find((words) => wanted.test(words));
      await stage.until('an explanation', async () => told() !== undefined);
      await mustBeUndecided(stage, target);
      must(told() !== undefined, 'The person got no explanation.');
      return told() ?? '';
    },
  };
}
