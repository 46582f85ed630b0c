import { expect, it } from 'vitest';
import { classifyCall } from '../../../src/adapters/salt/classify.ts';
import { exit } from '../../../src/domain/node-commands/ended.ts';

it('gives a verdict on a minion whose job ID is not text', () => {
  const stdout = '{"jid":{"toString":null}}';
  expect(classifyCall({ ended: exit(0), stdout, stderr: '' }, 'states').is).toBe('lost');
});

it('gives a verdict on a minion whose state names are not text', () => {
  const states = { 'file_|-a_|-/srv/a_|-managed': { result: false, __id__: null, __sls__: 7, name: [] } };
  const stdout = JSON.stringify({ local: states });
  expect(classifyCall({ ended: exit(2), stdout, stderr: '' }, 'states')).toMatchObject({
    is: 'failed',
    first: { id: 'a' },
  });
});
