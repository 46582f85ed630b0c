import { expect, it } from 'vitest';
import { classifyCall } from '../../../src/adapters/salt/classify.ts';
import { exit } from '../../../src/domain/node-commands/ended.ts';

it('a minion whose job id is no text gets a verdict, and is no error that nobody foresaw', () => {
  const stdout = '{"jid":{"toString":null}}';
  expect(classifyCall({ ended: exit(0), stdout, stderr: '' }, 'states').is).toBe('lost');
});

it('a minion whose states have no text for a name gets a verdict, too', () => {
  const states = { 'file_|-a_|-/srv/a_|-managed': { result: false, __id__: null, __sls__: 7, name: [] } };
  const stdout = JSON.stringify({ local: states });
  expect(classifyCall({ ended: exit(2), stdout, stderr: '' }, 'states')).toMatchObject({
    is: 'failed',
    first: { id: 'a' },
  });
});
