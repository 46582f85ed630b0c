import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { BotFile } from '../../src/config/bot-config.ts';
import { checked } from '../../src/config/mistakes.ts';
import { PolicyFile } from '../../src/config/policy-file.ts';
import { WorkerFile } from '../../src/config/worker-config.ts';

const files: Readonly<Record<'bot' | 'worker' | 'policy', z.ZodType>> = {
  bot: BotFile,
  worker: WorkerFile,
  policy: PolicyFile,
};

function mistakesOf(which: keyof typeof files, raw: unknown): readonly string[] {
  const result = checked(files[which], raw);
  return 'mistakes' in result ? result.mistakes : [];
}

const lab = (rules: object) => ({ clusters: { lab: { approvers: { users: ['U0BOB'] }, ...rules } } });
const redis = { url: 'redis://127.0.0.1:6379' };

describe('a mistake in a file is reported with its fix', () => {
  it.each([
    ['bot', {}, 'redis: missing; write its keys (url, sentinels, sentinelName, sentinelUsername, username, tls).'],
    [
      'bot',
      { redis: null },
      'redis: empty; write its keys (url, sentinels, sentinelName, sentinelUsername, username, tls).',
    ],
    [
      'bot',
      [],
      'the whole file: write its keys (slack, redis, clusters, clustersDir, policyFile, approval, health, log), not a list.',
    ],
    [
      'bot',
      { redis: { ...redis, user: 'x' } },
      'redis: unknown key “user”. Known: url, sentinels, sentinelName, sentinelUsername, username, tls.',
    ],
    ['bot', { redis, retries: 1, logs: {} }, 'the whole file: unknown key “logs”. Did you mean “log”?'],
    ['bot', { clusters: [{ channels: 'C0123' }] }, 'clusters.0.channels: write a list, not text.'],
    [
      'bot',
      { clusters: [{ name: 'lab', rules: 1 }] },
      'clusters.0: unknown key “rules”. Known: name, channels, workerKeys.',
    ],
    ['bot', { slack: { mode: 'web' } }, 'slack.mode: write one of socket, http.'],
    ['bot', { slack: { apiUrl: 'slack' } }, 'slack.apiUrl: write a whole address, such as https://example.com/.'],
    ['bot', { health: { port: 'many' } }, 'health.port: write a number.'],
    ['bot', { health: { port: 70_000 } }, 'health.port: write at most 65535.'],
    ['worker', { redis }, 'cluster: missing; write text.'],
    ['worker', { cluster: 12 }, 'cluster: write it in quotes: text is required, not a number.'],
    ['worker', { redis: {} }, 'redis.url: missing; write redis://host:port, or name the Sentinels under sentinels.'],
    [
      'worker',
      { redis: { sentinels: ['10.0.0.1'], sentinelName: 'lab' } },
      'redis.sentinels.0: write it as host:port, for example 10.0.0.1:26379.',
    ],
    [
      'worker',
      { redis: { sentinels: ['10.0.0.1:26379'] } },
      'redis.sentinelName: missing; write the name of the primary in the Sentinels’ configuration.',
    ],
    [
      'worker',
      { redis: { ...redis, sentinels: ['10.0.0.1:26379'], sentinelName: 'lab' } },
      'redis.sentinels: remove url or sentinels: the Sentinels name the server.',
    ],
    [
      'worker',
      { redis: { ...redis, sentinelUsername: 'finder' } },
      'redis.sentinelUsername: remove it, or name the Sentinels under sentinels.',
    ],
    ['worker', { redis: { ...redis, username: '' } }, 'redis.username: empty; write text.'],
    ['worker', { copy: { maxRate: 1.5 } }, 'copy.maxRate: write a whole number.'],
    ['worker', { copy: { strict: 'yes' } }, 'copy.strict: write true or false, not text.'],
    ['worker', { health: { port: -1 } }, 'health.port: write at least 0.'],
    ['worker', { journal: { fileDays: 0 } }, 'journal.fileDays: write more than 0.'],
    ['policy', { clusters: null }, 'clusters: empty; write keys with their values.'],
    ['policy', lab({ freezes: [{}] }), 'clusters.lab.freezes.0.reason: missing; write text.'],
    [
      'policy',
      lab({ freezes: [{ reason: 'x'.repeat(201) }] }),
      'clusters.lab.freezes.0.reason: write at most 200 letters.',
    ],
    ['policy', lab({ requesterCounts: 'no' }), 'clusters.lab.requesterCounts: write true or false, not text.'],
    ['policy', lab({ approvals: null }), 'clusters.lab.approvals: write a whole number.'],
    [
      'policy',
      lab({ verbs: { freeze: { windows: [] } } }),
      'clusters.lab.verbs.freeze: unknown key “windows”. Known: channels, requesters, approvers.',
    ],
  ] as const)('%s %j', (which, raw, expected) => {
    const mistakes = mistakesOf(which, raw);
    expect(mistakes).toContain(expected);
    for (const mistake of mistakes)
      expect(mistake).not.toMatch(/invalid|expected|received|too (small|big)|unrecognized/i);
  });

  it('without the value, which may be a secret', () => {
    expect(mistakesOf('worker', { redis: { url: 'http://:secret@redis' }, keyFile: ['secret'] }).join()).not.toContain(
      'secret',
    );
  });
});
