import { expect, it } from 'vitest';
import { changeFrom } from '../../../src/domain/change/fold.ts';
import { duration } from '../../../src/slack/card/status.ts';
import * as events from '../../contract/changes-events.ts';

it('is what the worker’s steady clock measured, even if the clock was set back meanwhile', () => {
  const end = { ...events.done, at: '2020-01-01T00:00:00.000Z', seconds: 200 };
  const change = changeFrom([events.requested('c1-aaa222'), events.started, end]);
  expect(change === null ? null : duration(change)).toBe('3 min 20 s');
});
