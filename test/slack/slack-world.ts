import { type LocalSlack, type SlackMessage, startLocalSlack } from '../../sandbox/slack/local-slack.ts';
import { answering } from '../../src/app/answer/answer-question.ts';
import type { UseCases } from '../../src/app/ask/bot-use-cases.ts';
import { botUseCases } from '../../src/app/ask/bot-use-cases.ts';
import type { Approval } from '../../src/domain/change/approval.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { type RunningSlack, type SlackConfig, startSlack } from '../../src/slack/start-slack.ts';
import { FakeAnnouncements } from '../fakes/fake-announcements.ts';
import { FakeCards } from '../fakes/fake-cards.ts';
import { FakeChanges } from '../fakes/fake-changes.ts';
import { FakeDryRuns } from '../fakes/fake-dry-runs.ts';
import { fakeFleet } from '../fakes/fake-fleet.ts';
import { FakeGroups } from '../fakes/fake-groups.ts';
import { FakeHolds } from '../fakes/fake-holds.ts';
import { FakeProofBoard } from '../fakes/fake-proof-board.ts';
import { FakeQueue } from '../fakes/fake-queue.ts';
import { FakeStatusBoard } from '../fakes/fake-status-board.ts';
import { FakeWorkerLife } from '../fakes/fake-worker-life.ts';
import { type GivenRules, people, policyOf } from '../fixtures/policy.ts';
import { ALICE, BOB, CAROL, MALLORY, MANIFEST, OPS } from '../sandbox/slack/slack-for-tests.ts';
import { KeptLog } from './recording-slack.ts';

/** The bot's Slack side with the local Slack, and real use cases over in-memory records. */
export interface SlackWorld {
  readonly local: LocalSlack;
  readonly bot: RunningSlack;
  readonly changes: FakeChanges;
  readonly life: FakeWorkerLife;
  readonly board: FakeStatusBoard;
  readonly log: KeptLog;
  readonly fatal: Error[];
  readonly messages: () => readonly SlackMessage[];
  readonly ephemeralFor: (person: { readonly id: string }) => readonly string[];
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly http?: { readonly port: number };
  readonly useCases?: (real: UseCases) => UseCases;
  /** Faults of Slack from before the start. */
  readonly faults?: readonly string[];
  /** Optional scopes of the app. */
  readonly scopes?: readonly string[];
  /** Hears at each new socket how many use the app token. */
  readonly onConnections?: (connections: number) => void;
  /** By default, alice may request and bob may approve. */
  readonly rules?: GivenRules;
}

export async function slackWorld({
  http,
  rules = {},
  scopes = [],
  faults = [],
  onConnections = () => undefined,
  useCases = (real) => real,
}: WorldOptions = {}): Promise<SlackWorld> {
  const local = await localSlack(http, scopes);
  for (const fault of faults) local.fault(fault, []);
  const announcements = new FakeAnnouncements();
  const changes = new FakeChanges('lab', announcements);
  const cards = new FakeCards([changes], systemClock);
  const life = new FakeWorkerLife(systemClock);
  const board = new FakeStatusBoard();
  const log = new KeptLog();
  const fatal: Error[] = [];
  const seen = new Set<string>();
  const bot = await startSlack({
    once: { isFirst: async (name) => !seen.has(name) && seen.add(name).has(name) },
    config: configFor(local, http),
    useCases: useCases(realUseCases(changes, cards, life, board, rules)),
    changes: () => changes,
    cards,
    announcements,
    clock: systemClock,
    log,
    onConnections,
    onFatal: (error) => fatal.push(error),
  });
  const ephemeralFor = ({ id }: { readonly id: string }) =>
    local.messages().flatMap(({ ephemeralFor: who, text }) => (who === id ? [text] : []));
  const close = async () => {
    await bot.stop();
    await local.close();
  };
  return { local, bot, changes, life, board, log, fatal, messages: () => local.messages(), ephemeralFor, close };
}

function localSlack(http: WorldOptions['http'], moreScopes: readonly string[]): Promise<LocalSlack> {
  return startLocalSlack({
    manifestPath: MANIFEST,
    moreScopes,
    people: [ALICE, BOB, CAROL, MALLORY],
    channel: OPS,
    delivery:
      http === undefined
        ? { mode: 'socket' }
        : { mode: 'http', requestUrl: `http://127.0.0.1:${http.port}/slack/events` },
  });
}

function realUseCases(
  changes: FakeChanges,
  cards: FakeCards,
  life: FakeWorkerLife,
  board: FakeStatusBoard,
  rules: GivenRules,
): UseCases {
  const policy = policyOf({ requesters: people(ALICE.id), approvers: people(BOB.id), ...rules });
  const given: string[] = [];
  const lab = {
    changes,
    queue: new FakeQueue(),
    worker: life,
    board,
    proofBoard: new FakeProofBoard(),
    dryRuns: new FakeDryRuns(),
    policy,
    holds: new FakeHolds(),
    groups: new FakeGroups(),
    botKey: 'aaaaaaaaaaaa',
  };
  const clusters = new Map([['lab', lab]]);
  const ports = {
    clusters,
    fleet: fakeFleet(clusters),
    cards,
    clock: systemClock,
    ids: { change: (cluster: string) => `${cluster}-aaaaa${given.push(cluster)}`, nonce: () => 'nonce' },
    signer: { sign: (approval: Approval) => ({ approval, key: 'k', signature: 's' }) },
  };
  return botUseCases(ports, answering(ports));
}

function configFor(
  { apiUrl, botToken, appToken, signingSecret }: LocalSlack,
  http?: { readonly port: number },
): SlackConfig {
  return {
    slack: {
      mode: http === undefined ? 'socket' : 'http',
      apiUrl,
      http: { host: '127.0.0.1', port: http?.port ?? 0 },
    },
    clusters: [{ name: 'lab', channels: [] }],
    secrets: { botToken, appToken, signingSecret },
  };
}
