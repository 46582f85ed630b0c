import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { renderCard } from '../../../../src/slack/card/card.ts';
import { fullPlan } from '../../../../src/slack/plan/full-plan.ts';
import { changeOf, NOW, planned, requested } from '../../../slack/card-events.ts';
import { largePlan } from '../../../slack/large-plan.ts';
import { type Browser, openPage, startBrowser } from './page-browser.ts';
import { ALICE, message, stateOf } from './page-states.ts';

// A busy machine needs seconds to load the page's modules.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

/** CSS pixels of a common phone. */
const PHONE = { width: 390, height: 844 };
const SCREENS = 1.5;

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});

function changeWith(nodes: number, archives: number) {
  const { intent, plan } = largePlan(nodes, archives);
  return changeOf([requested({ ...intent, reason: 'second registry before the upgrade' }), planned(plan)]);
}

describe('the card of a plan', () => {
  test.each([
    [1, 3],
    [3, 3],
    [8, 3],
    [20, 3],
    [40, 10],
  ])('is at most a screen and a half on a phone: %d nodes, %d archives', async (nodes, archives) => {
    const card = renderCard({ change: changeWith(nodes, archives), waitsFor: [], now: NOW });
    await using open = await openPage(browser, stateOf([message(0, card.text, { blocks: card.blocks })]));
    await open.page.setViewportSize(PHONE);
    await expect
      .poll(async () => (await open.page.locator('#messages > li').last().boundingBox())?.height ?? 0)
      .toBeGreaterThan(200);
    const height = (await open.page.locator('#messages > li').last().boundingBox())?.height ?? 0;
    expect(height).toBeLessThanOrEqual(PHONE.height * SCREENS);
    expect(open.mistakes).toEqual([]);
  });
});

test('a modal that the bot opens is shown to its person, and closed by its button', async () => {
  const view = fullPlan(changeWith(1, 3));
  await using open = await openPage(browser, { ...Object(stateOf([])), views: [] });
  const { page, server } = open;
  server.change({ ...Object(stateOf([])), views: [{ id: 'V1', person: 'U0BOB', view }] });
  server.change({
    ...Object(stateOf([])),
    views: [
      { id: 'V1', person: 'U0BOB', view },
      { id: 'V2', person: ALICE.id, view },
    ],
  });
  await expect.poll(() => page.locator('#modal').innerText()).toContain('Its digest is');
  expect(await page.locator('#modal').innerText()).toContain('SCRIPT_A');
  await page.locator('#modal').getByRole('button', { name: 'Close' }).click();
  await expect.poll(() => page.locator('#modal').isVisible()).toBe(false);
  expect(open.mistakes).toEqual([]);
});
