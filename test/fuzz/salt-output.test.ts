import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyCall, classifyMinions, classifyStart } from '../../src/adapters/salt/classify.ts';
import { documents } from '../../src/adapters/salt/documents.ts';
import { engineFacts } from '../../src/adapters/salt/engines.ts';
import { jobOf, stateRunsOf } from '../../src/adapters/salt/jobs.ts';
import { minionValues } from '../../src/adapters/salt/parse.ts';
import { type Ended, exit } from '../../src/domain/node-commands/ended.ts';
import { fuzz, jsonLike, spoilt, wordsLike } from './arbitraries.ts';

const CAPTURES = join(import.meta.dirname, '../fixtures/salt-3002');
/** Output of a real Salt, without the longest captures, which only cost time. */
const REAL = readdirSync(CAPTURES)
  .filter((name) => name.endsWith('.out'))
  .map((name) => readFileSync(join(CAPTURES, name), 'utf8'))
  .filter((text) => text.length > 0 && text.length < 4_000);
const JID = '20260301100000000001';
const KEYS = [
  'local',
  'node-2',
  'retcode',
  'jid',
  'result',
  'comment',
  'changes',
  '__run_num__',
  '__id__',
  '__sls__',
  'name',
];
const STATE = 'file_|-a_|-/srv/a_|-managed';
const PROSE = [
  ...['The function "state.sls" is running as PID 7 and was started at now with jid ', JID, 'Minion did not return. '],
  ...[
    'Pillar failed to render',
    'Rendering SLS ',
    'No matching sls ',
    ' is not available.',
    'Executed command with job ID: ',
  ],
  ...[
    'The salt master could not be contacted',
    'ERROR',
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\',
    '\n',
    '<!channel>',
    '\u001b[31m',
  ],
];
const output = fc.oneof(
  spoilt(REAL),
  wordsLike(PROSE),
  jsonLike([...KEYS, STATE], [...PROSE, JID]),
  fc.tuple(jsonLike([...KEYS, STATE]), jsonLike([...KEYS, STATE])).map((two) => two.join('\n')),
);
const ended = fc.constantFrom<Ended>({ is: 'connection-lost' }, ...[0, 1, 2, 64, 124, 255].map(exit));
const result = fc.record({ ended, stdout: output, stderr: fc.oneof(fc.constant(''), wordsLike(PROSE)) });

describe('output of Salt', { timeout: 600_000 }, () => {
  it('yields a verdict for every call, and “ok” only with exit code 0 and no failed state', () => {
    fuzz(fc.tuple(result, fc.constantFrom('states', 'anything')), ([said, expects]) => {
      const answer = classifyCall(said, expects === 'states' ? 'states' : 'anything');
      if (answer.is === 'ok') expect(said.ended).toEqual(exit(0));
    });
  });

  it('yields a verdict for every minion', () => {
    fuzz(result, (said) => {
      for (const [, answer] of classifyMinions(said, 'states')) expect(answer.is).toMatch(/^[a-z-]+$/);
    });
  });

  it('yields a job ID of twenty digits, or an explanation', () => {
    fuzz(result, (said) => {
      const started = classifyStart(said);
      if ('jid' in started) expect(started.jid).toMatch(/^\d{20}$/);
    });
  });

  it('yields the requested job, or none', () => {
    const keys = ['jid', 'Minions', 'Result', 'Error', 'return', 'retcode', 'node-2', STATE];
    fuzz(fc.oneof(jsonLike(keys, [JID]), output), (stdout) =>
      expect([JID, undefined]).toContain(jobOf(JID, stdout)?.jid),
    );
  });

  it('yields a list of state runs, or none', () => {
    const keys = ['jid', 'fun', 'node-2'];
    fuzz(fc.oneof(jsonLike(keys, ['state.sls', 'test.ping', JID]), output), (stdout) => {
      const { answered, runs } = stateRunsOf(['node-2'], minionValues(stdout));
      for (const run of runs) expect([run.fun.slice(0, 6), ...run.nodes]).toEqual(['state.', ...answered]);
    });
  });

  it('yields the printed JSON documents between lines of text', () => {
    fuzz(
      fc.array(fc.tuple(jsonLike(KEYS), wordsLike(['jid: 1', 'No minions matched'], [' '])), { maxLength: 4 }),
      (printed) => {
        expect(() => documents(printed.flat().join('\n'))).not.toThrow();
        const objects = printed.map(([json]) => json).filter((json) => json.startsWith('{'));
        expect(documents(objects.join('\n'))).toEqual(objects.map((json) => JSON.parse(json)));
      },
    );
  });

  it('yields each minion’s answer under a valid name', () => {
    fuzz(output, (stdout) => expect(minionValues(stdout)).toBeInstanceOf(Map));
  });
});

describe('output of crictl', { timeout: 600_000 }, () => {
  it('yields the endpoints of a known engine, or nothing', () => {
    const keys = ['config', 'registry', 'configPath', 'mirrors', 'metalk8s-registry-from-config.invalid', 'endpoint'];
    const info = fc.oneof(jsonLike(keys, ['http://10.0.0.1:8080', '']), output);
    fuzz(
      fc.oneof(
        info,
        info.map((text) => `WARN[0000] old\n${text}`),
      ),
      (text) => {
        const facts = engineFacts('node-2', text);
        if (facts.is === 'known') expect(facts.endpoints.every((one) => typeof one === 'string')).toBe(true);
      },
    );
  });
});
