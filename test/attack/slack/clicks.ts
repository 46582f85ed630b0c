import type { Attack } from '../attack.ts';
import { must, reached } from '../outcome.ts';
import { ALICE, type AttackStage, BOB, MALLORY, type Target } from '../stage/attack-stage.ts';
import type { Click } from '../stage/door.ts';
import { ACTIONS } from './actions.ts';
import { exApprover } from './ex-approver.ts';

/** The texts that the person must get. */
const MAY_NOT = /You may not/;
const OWN = /another person must approve/;
const UNKNOWN = /does not know this button/;
const FOREIGN = /only from its own Slack workspace/;

type Made = Partial<Click> & Pick<Click, 'by'>;

/** Clicks signed by Slack that must not count, because of the person or the content. All are on the same plan, which stays undecided. */
export function clickAttacks(): readonly Attack[] {
  return [...byWrongPeople(), ...fromWrongPlaces(), ...onMadeUpThings(), ...onMadeUpChanges(), twice(), exApprover()];
}

function byWrongPeople(): readonly Attack[] {
  const bot = { id: 'U0BOT', name: 'registry-ha' };
  return [
    click('click-by-mallory', 'Approve by a person without permission', MAY_NOT, () => ({ by: MALLORY })),
    click('click-by-the-requester', 'Approve by the requester', OWN, () => ({ by: ALICE })),
    click('click-by-a-bot', 'Approve by a bot user', MAY_NOT, () => ({ by: bot })),
    click('click-by-a-look-alike', 'Approve by a person with the approver’s name', MAY_NOT, () => ({
      by: { id: MALLORY.id, name: BOB.name },
    })),
    click('click-by-an-id-in-other-letters', 'Approve by the approver’s ID in lower case', MAY_NOT, () => ({
      by: { id: BOB.id.toLowerCase(), name: BOB.name },
    })),
    click('break-glass-by-mallory', 'Break glass by a person without permission', MAY_NOT, () => ({
      by: MALLORY,
      action: ACTIONS['break-glass'],
    })),
    click('break-glass-that-no-policy-allows', 'Break glass by an approver where the policy has none', MAY_NOT, () => ({
      by: BOB,
      action: ACTIONS['break-glass'],
    })),
    click('deny-by-mallory', 'Deny by a person without permission', MAY_NOT, () => ({
      by: MALLORY,
      action: ACTIONS.deny,
    })),
  ];
}

function fromWrongPlaces(): readonly Attack[] {
  return [
    click('click-from-another-team', 'Approve from another workspace', FOREIGN, () => ({
      by: BOB,
      team: 'T0EVIL',
      userTeam: 'T0EVIL',
    })),
    click(
      'click-by-a-guest-of-a-shared-channel',
      'Approve by the approver’s ID in a partner’s workspace',
      FOREIGN,
      () => ({
        by: BOB,
        userTeam: 'T0EVIL',
      }),
    ),
    click('click-without-a-team', 'Approve with a payload without our workspace', FOREIGN, () => ({
      by: BOB,
      team: null,
      userTeam: 'T0EVIL',
    })),
    click('click-on-another-channel', 'Approve on a copy of the card in another channel', /channel/, () => ({
      by: BOB,
      channel: 'C0RANDOM',
    })),
  ];
}

function onMadeUpThings(): readonly Attack[] {
  return [
    click('click-with-a-made-up-action', 'an unknown action ID', UNKNOWN, () => ({
      by: BOB,
      action: 'registry-ha:run',
    })),
    click('click-with-__proto__-for-an-action', 'the action ID __proto__', UNKNOWN, () => ({
      by: BOB,
      action: '__proto__',
    })),
    click('click-with-a-made-up-digest', 'the digest of another plan', /older plan/, ({ id }) => ({
      by: BOB,
      value: { change: id, digest: 'f'.repeat(64) },
    })),
    click('click-without-a-digest', 'a value without a digest', UNKNOWN, ({ id }) => ({
      by: BOB,
      value: { change: id },
    })),
    click('click-with-extra-keys', 'a value with extra keys', UNKNOWN, ({ id, digest }) => ({
      by: BOB,
      value: { change: id, digest, approver: ALICE.id, allowOwnApproval: true },
    })),
    click('click-with-__proto__-in-its-value', 'a value whose JSON sets __proto__', UNKNOWN, ({ id, digest }) => ({
      by: BOB,
      value: `{"change":"${id}","digest":"${digest}","__proto__":{"kind":"approve"}}`,
    })),
  ];
}

function onMadeUpChanges(): readonly Attack[] {
  return [
    click(
      'click-on-a-made-up-change',
      'a change that does not exist',
      /There is no record of this change/,
      ({ digest }) => ({
        by: BOB,
        value: { change: 'lab-222222', digest },
      }),
    ),
    click('click-on-another-clusters-change', 'a change of an unknown cluster', /no cluster prod/, ({ digest }) => ({
      by: BOB,
      value: { change: 'prod-222222', digest },
    })),
    click('click-on-__proto__', 'the change __proto__', UNKNOWN, ({ digest }) => ({
      by: BOB,
      value: { change: '__proto__', digest },
    })),
    click('click-with-a-value-that-is-no-json', 'a value that is not JSON', UNKNOWN, () => ({
      by: BOB,
      value: '{"change',
    })),
    click('click-with-a-large-value', 'a value of a hundred kilobytes', UNKNOWN, ({ id }) => ({
      by: BOB,
      value: { change: id, digest: 'f'.repeat(100_000) },
    })),
    click('retry-of-what-never-failed', 'Retry on an unapproved plan', /still waits for a decision/, () => ({
      by: BOB,
      action: ACTIONS.retry,
    })),
    click('cancel-of-what-never-ran', 'Cancel on an unapproved plan', /still waits for a decision/, () => ({
      by: BOB,
      action: ACTIONS.cancel,
    })),
  ];
}

function click(name: string, tries: string, wanted: RegExp, make: (target: Target) => Made): Attack {
  return {
    on: 'bot',
    name,
    tries,
    async stopped(stage) {
      const target = await stage.undecided();
      const { id, digest } = target;
      const answer = await stage.door.click({
        action: ACTIONS.approve,
        value: { change: id, digest },
        ...make(target),
      });
      await mustBeUndecided(stage, target);
      must(answer !== null, 'The person got no answer.');
      must(wanted.test(answer ?? ''), `The person got another answer: ${answer}`);
      return answer ?? '';
    },
  };
}

/** An approval after a denial must not start anything. */
function twice(): Attack {
  return {
    on: 'worker',
    name: 'approve-after-a-denial',
    tries: 'Approve on a card that was just denied',
    async stopped(stage) {
      const { id, digest } = await stage.planned();
      const value = { change: id, digest };
      await stage.door.click({ by: BOB, action: ACTIONS.deny, value }, 1);
      await stage.until('a denial', async () => (await stage.get(id)).change.state === 'denied');
      const answer = await stage.door.click({ by: BOB, action: ACTIONS.approve, value });
      const { state } = (await stage.get(id)).change;
      must(state === 'denied', `The change is ${state}.`);
      must(/already denied by bob/.test(answer ?? ''), `Bob got another answer: ${answer}`);
      return answer ?? '';
    },
  };
}

/** Requires that nobody has decided, and no job was queued. */
export async function mustBeUndecided(stage: AttackStage, { id, version }: Target): Promise<void> {
  const stored = await stage.get(id);
  must(stored.version === version, `The change is ${stored.change.state} now.`);
  reached(stored.change.state === 'planned', `The plan that was attacked is ${stored.change.state}.`);
  const jobs = await stage.redis.keys(`*:apply-${id}-*`);
  must(jobs.length === 0, 'A job was queued for it.');
}
