import { PlainFailure } from '../../domain/answers/failure.ts';
import { isRefusal, type Refusal, refuse } from '../../domain/answers/refusal.ts';
import { loginPerson, type Person } from '../../domain/change/approval.ts';
import type { Change, ChangeEvent, ChangeId } from '../../domain/change/change.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import type { Intent } from '../../domain/plan/intent.ts';
import { mayRequestHere } from '../../domain/policy/terminal.ts';
import { besideInWords } from '../../domain/questions/plan/beside.ts';
import type { ChangeWish } from '../../domain/typed/change-wish.ts';
import { reasonFrom } from '../../domain/typed/reason.ts';
import { whyNotUndone } from '../../domain/verbs/undoing.ts';
import { type DecisionHere, parseHere } from '../../domain/wish/parse-here.ts';
import { wordsFrom } from '../../domain/wish/shell-words.ts';
import type { Talk, TerminalAsk } from '../../domain/wish/terminal-talk.ts';
import type { Ids } from '../../ports/trust.ts';
import { undoIntent } from '../ask/request-undo.ts';
import { type DecidePorts, decisionEvent, whyNotHere } from './decide-here.ts';
import { type HeldPorts, heldHere } from './held-here.ts';
import { rivalsHere } from './rivals-here.ts';
import { confirmed, follow, followUntilEnd, type TellPorts, tellBegun } from './tell.ts';

/** The ports of `TerminalDesk`. */
export interface DeskPorts extends DecidePorts, TellPorts, HeldPorts {
  readonly cluster: string;
  readonly ids: Ids;
  readonly planLivesMs: number;
  /** Why the worker cannot work now; null if it can. */
  readonly trouble: { look(): Promise<string | null> };
  /** Called for an error that is no failure of the cluster. */
  readonly onUnexpected: (error: unknown) => void;
}

/** Who types, and whether alone. */
interface Typist {
  readonly by: Person;
  readonly uid: number;
  /** The reason for breaking glass; null without. */
  readonly breakGlass: string | null;
}

/** Serves the commands on the terminal that change something: one conversation for each. */
export class TerminalDesk {
  readonly #ports: DeskPorts;

  constructor(ports: DeskPorts) {
    this.#ports = ports;
  }

  /** Never throws. A change that it begins goes on when the command has gone. */
  async serve(ask: TerminalAsk, talk: Talk, ending: AbortSignal): Promise<void> {
    const { trouble, onUnexpected } = this.#ports;
    try {
      const says = await trouble.look();
      if (says !== null) return talk.says({ is: 'failed', failure: cannotWork(says) });
      const refusal = await this.#serve(ask, talk, ending);
      if (refusal !== null) talk.says({ is: 'refused', refusal });
    } catch (error) {
      if (ending.aborted) return;
      if (error instanceof PlainFailure) return talk.says({ is: 'failed', failure: error.report() });
      onUnexpected(error);
      talk.says({ is: 'failed', failure: UNFORESEEN });
    }
  }

  async #serve(ask: TerminalAsk, talk: Talk, ending: AbortSignal): Promise<Refusal | null> {
    const { cluster } = this.#ports;
    const context = { clusters: [cluster], defaultCluster: cluster };
    const wish = parseHere(ask.command, wordsFrom(ask.words), context);
    if (isRefusal(wish)) return wish;
    const reason = ask.breakGlass === undefined ? null : reasonFrom(ask.breakGlass);
    if (reason !== null && isRefusal(reason)) return reason;
    const typist = { by: loginPerson(ask.login), uid: ask.uid, breakGlass: reason };
    return wish.is === 'decision'
      ? await this.#decide(wish, typist, talk, ending)
      : await this.#request(wish, typist, talk, ending);
  }

  async #request(wish: ChangeWish, typist: Typist, talk: Talk, ending: AbortSignal): Promise<Refusal | null> {
    const { rules, runs, journal } = this.#ports;
    const intent = mayRequestHere(rules, typist.by.name, typist.breakGlass !== null) ?? (await this.#intentOf(wish));
    if (isRefusal(intent)) return intent;
    const held = await heldHere({ intent }, typist.breakGlass !== null, this.#ports);
    if (isRefusal(held)) return held;
    talk.says({ is: 'wait', says: 'Inspecting the cluster and making the plan…' });
    const request = this.#requestOf(intent, typist);
    const begun = await runs.plan(request);
    if (begun !== null) return tellBegun(begun, talk);
    const change = changeFrom(await journal.events(request.id));
    if (change === null) throw new Error(`The journal has nothing of ${request.id}.`);
    if (change.state !== 'planned') return ended(change.id, talk);
    const isSure = await this.#confirmed(change, typist, talk, ending);
    if (isSure !== true) return await this.#dropped(change, typist, isSure);
    if (typist.breakGlass !== null) return await this.#start(change, typist, talk);
    const who = rules.approvers.filter((one) => one !== typist.by.name).join(' or ');
    talk.says({ is: 'step', change: change.id, says: `It waits for ${who}: registry-ha approve ${change.id}` });
    await followUntilEnd(change.id, talk, this.#ports, ending);
    return ended(change.id, talk);
  }

  async #decide(wish: DecisionHere, typist: Typist, talk: Talk, ending: AbortSignal): Promise<Refusal | null> {
    const change = changeFrom(await this.#ports.journal.events(wish.change));
    if (change === null) return unknown(wish.change);
    const refusal = whyNotHere(wish.kind, change, typist, this.#ports);
    if (refusal !== null) return refusal;
    if (wish.kind === 'cancel') return await this.#cancel(change, typist, talk, ending);
    const isSure = await this.#confirmed(change, typist, talk, ending);
    if (isSure !== true) return isSure;
    return await this.#start(change, typist, talk, wish.kind);
  }

  /** True if the person has confirmed this plan, and nothing keeps it from starting. */
  async #confirmed(change: Change, typist: Typist, talk: Talk, ending: AbortSignal): Promise<true | Refusal> {
    const isAlone = typist.breakGlass !== null;
    const held = await heldHere(change, isAlone, this.#ports);
    if (isRefusal(held)) return held;
    const beside = besideInWords(await rivalsHere(change, this.#ports));
    const says = [held, beside, whatHappens(change, typist, this.#ports.rules.approvers)]
      .filter((one) => one !== '')
      .join(' ');
    if (!(await confirmed(change, says, talk, this.#ports, ending))) return NOT_CONFIRMED;
    // It may have been frozen while the person read the plan.
    const now = await heldHere(change, isAlone, this.#ports);
    return isRefusal(now) ? now : true;
  }

  /** Approves, and runs the change until it ends, if this was the last approval. */
  async #start(
    change: Change,
    typist: Typist,
    talk: Talk,
    kind: 'approve' | 'retry' = 'approve',
  ): Promise<Refusal | null> {
    const { runs, journal } = this.#ports;
    const watched = follow(change.id, talk, this.#ports);
    const begun = await runs
      .decide(change.id, (now) => whyNotHere(kind, now, typist, this.#ports) ?? decisionEvent(now, typist, this.#ports))
      .finally(watched.stop);
    if (begun !== null) return tellBegun(begun, talk);
    const now = changeFrom(await journal.events(change.id));
    return ended(change.id, talk, now?.votes.length ? 'More approvals are needed.' : '');
  }

  /** A change that runs stops at its next safe point; any other one ends at once. */
  async #cancel(change: Change, { by }: Typist, talk: Talk, ending: AbortSignal): Promise<Refusal | null> {
    const { runs, clock } = this.#ports;
    const event = (type: 'cancel-requested' | 'cancelled') => ({ type, at: clock.now().toISOString(), by }) as const;
    if (change.state === 'approved' || change.state === 'applying') {
      const ask = () => runs.write(change.id, event('cancel-requested'));
      await followUntilEnd(change.id, talk, this.#ports, ending, ask);
      return ended(change.id, talk);
    }
    const begun = await runs.decide(
      change.id,
      (now) => whyNotHere('cancel', now, { by, breakGlass: null }, this.#ports) ?? event('cancelled'),
    );
    return begun === null ? ended(change.id, talk) : tellBegun(begun, talk);
  }

  /** Nobody shall approve a plan that its own requester did not confirm. */
  async #dropped({ id }: Change, { by }: Typist, why: Refusal): Promise<Refusal> {
    const { runs, clock } = this.#ports;
    const cancelled: ChangeEvent = { type: 'cancelled', at: clock.now().toISOString(), by };
    const isOpen = (now: Change) => now.state === 'planned';
    const begun = await runs.decide(id, (now) => (isOpen(now) ? cancelled : why));
    return begun !== null && 'refused' in begun ? begun : why;
  }

  async #intentOf(wish: ChangeWish): Promise<Intent | Refusal> {
    if (wish.is === 'change') return wish.intent;
    const undo = await undoIntent(wish, this.#ports.local);
    if (isRefusal(undo)) return undo;
    return whyNotUndone(undo.change) ?? undo.intent;
  }

  #requestOf(intent: Intent, { by, uid }: Typist): Extract<ChangeEvent, { readonly type: 'requested' }> {
    const { cluster, rules, clock, ids, planLivesMs } = this.#ports;
    const terms = { approvals: rules.approvals, planLivesMs };
    const who = { requester: by, channel: rules.channel, terms, terminal: { login: by.name, uid } };
    return { type: 'requested', at: clock.now().toISOString(), id: ids.change(cluster), intent, ...who };
  }
}

function ended(change: ChangeId, talk: Talk, says = ''): null {
  talk.says({ is: 'ended', change, says });
  return null;
}

/** What the confirmation does. */
function whatHappens({ id, requester }: Change, { by, breakGlass }: Typist, approvers: readonly string[]): string {
  if (breakGlass !== null) return `It starts at once, with nobody’s approval but yours (break glass: “${breakGlass}”).`;
  if (requester.id !== by.id)
    return `You approve it for ${requester.name}. It starts with the last approval that is needed.`;
  const who = approvers.filter((one) => one !== by.name).join(' or ');
  return `It then waits for an approval: ${who} runs registry-ha approve ${id}.`;
}

const unknown = (id: ChangeId): Refusal =>
  refuse(
    'unknown-change',
    `The worker’s journal has no change ${id}.`,
    'To list the changes that it has: registry-ha changes --all',
  );

const NOT_CONFIRMED = refuse(
  'not-confirmed',
  'The plan was not confirmed, so nothing was started.',
  'Run the command again, and type the name of the cluster.',
);

const cannotWork = (says: string) => ({
  kind: 'worker-trouble',
  where: 'the worker',
  what: `It cannot work now: ${says}`,
  next: 'Run the command again when that has ended.',
});

const UNFORESEEN = {
  kind: 'unforeseen',
  where: 'the worker',
  what: 'The worker had an unexpected error.',
  next: 'Read the worker’s log: journalctl -u registry-ha-worker',
} as const;
