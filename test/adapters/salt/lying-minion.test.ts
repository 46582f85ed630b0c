import { expect, it } from 'vitest';
import { classifyCall } from '../../../src/adapters/salt/classify.ts';

it('a minion whose job id is no text gets a verdict, and is no error that nobody foresaw', () => {
  const stdout = '{"jid":{"toString":null}}';
  expect(classifyCall({ exitCode: 0, stdout, stderr: '' }, 'states').is).toBe('lost');
});
