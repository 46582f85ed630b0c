import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { startBrowser } from '../sandbox/slack/page/page-browser.ts';

const PICTURE = join(import.meta.dirname, '../../docs/sandbox.png');
const LIMIT_MS = 600_000;
const DONE_LIMIT_MS = 300_000;

test('alice types the command, bob approves, and both see the result in a real browser', {
  timeout: LIMIT_MS,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'registry-ha-picture-'));
  await using closing = new AsyncDisposableStack();
  closing.defer(() => rm(folder, { recursive: true, force: true }));
  const browser = await startBrowser();
  closing.defer(() => browser.close());
  const sandbox = await startSandbox({ pace: 0.02, ackLimitMs: 30_000, log: () => undefined });
  closing.defer(() => sandbox.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(DONE_LIMIT_MS);
  const mistakes: string[] = [];
  page.on('pageerror', (error) => mistakes.push(String(error)));
  await page.goto(sandbox.slack.pageUrl);

  await page.locator('#composer').fill('/registry-ha add node-2 --reason "second registry before the upgrade"');
  await page.locator('#composer').press('Enter');
  await page.locator('#messages').getByText('The plan is ready.').waitFor();
  await page.locator('#person-bob').click();
  await page.locator('#messages').getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve', exact: true }).click();

  const served = 'Served 13/13 images of 3 archives, every layer hashed';
  await page.locator('#messages').getByText(served).first().waitFor({ timeout: DONE_LIMIT_MS });
  const shot = join(folder, 'sandbox.png');
  await page.screenshot({ path: shot });
  if (process.env.UPDATE_SCREENSHOT === '1') await copyFile(shot, PICTURE);
  expect(mistakes).toEqual([]);
  expect(await page.locator('[data-unknown-block]').count()).toBe(0);
});
