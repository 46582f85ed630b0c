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

describe('a mistake in a file is told so that whoever wrote the file can mend it', () => {
  it.each([
    ['bot', {}, 'redis: it is missing: write its keys (url, username, tls).'],
    ['bot', { redis: null }, 'redis: it is empty: write its keys (url, username, tls).'],
    [
      'bot',
      [],
      'the whole file: write its keys (slack, redis, clusters, policyFile, approval, health, log), not a list.',
    ],
    ['bot', { redis: { ...redis, user: 'x' } }, 'redis: there is no key “user” here. Known: url, username, tls.'],
    ['bot', { redis, retries: 1, logs: {} }, 'the whole file: there is no key “logs” here. Did you mean “log”?'],
    ['bot', { clusters: [{ channels: 'C0123' }] }, 'clusters.0.channels: write a list, not text.'],
    [
      'bot',
      { clusters: [{ name: 'lab', rules: 1 }] },
      'clusters.0: there is no key “rules” here. Known: name, channels, workerKeys.',
    ],
    ['bot', { slack: { mode: 'web' } }, 'slack.mode: write one of socket, http.'],
    ['bot', { slack: { apiUrl: 'slack' } }, 'slack.apiUrl: write a whole address, such as https://example.com/.'],
    ['bot', { health: { port: 'many' } }, 'health.port: write a number.'],
    ['bot', { health: { port: 70_000 } }, 'health.port: write at most 65535.'],
    ['worker', { redis }, 'cluster: it is missing: write text.'],
    ['worker', { cluster: 12 }, 'cluster: write it in quotes: it has to be text, not a number.'],
    ['worker', { redis: { ...redis, username: '' } }, 'redis.username: it is empty: write text.'],
    ['worker', { copy: { maxRate: 1.5 } }, 'copy.maxRate: write a whole number.'],
    ['worker', { copy: { strict: 'yes' } }, 'copy.strict: write true or false, not text.'],
    ['worker', { health: { port: -1 } }, 'health.port: write at least 0.'],
    ['worker', { journal: { fileDays: 0 } }, 'journal.fileDays: write more than 0.'],
    ['policy', {}, 'clusters: it is missing: write keys with their values.'],
    ['policy', lab({ freezes: [{}] }), 'clusters.lab.freezes.0.reason: it is missing: write text.'],
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
      'clusters.lab.verbs.freeze: there is no key “windows” here. Known: channels, requesters, approvers.',
    ],
  ] as const)('%s %j', (which, raw, told) => {
    const mistakes = mistakesOf(which, raw);
    expect(mistakes).toContain(told);
    for (const mistake of mistakes)
      expect(mistake).not.toMatch(/invalid|expected|received|too (small|big)|unrecognized/i);
  });

  it('without the value, which may be a secret', () => {
    expect(mistakesOf('worker', { redis: { url: 'http://:secret@redis' }, keyFile: ['secret'] }).join()).not.toContain(
      'secret',
    );
  });
});
