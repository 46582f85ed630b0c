import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { removeFolder } from '../harness/stage/own-folder.ts';
import { type Browser, startBrowser } from '../sandbox/slack/page/page-browser.ts';
import { picture } from './album.ts';

const LIMIT_MS = 900_000;
const DONE_LIMIT_MS = 300_000;

type Page = Awaited<ReturnType<Browser['newPage']>>;

async function type(page: Page, words: string): Promise<void> {
  await page.locator('#composer').fill(words);
  // Closes the list of suggestions, which takes the Enter key.
  await page.locator('#composer').press('Escape');
  await page.locator('#composer').press('Enter');
}

const lastButton = (page: Page, name: string) =>
  page.locator('#messages').getByRole('button', { name, exact: true }).last();
const inModal = (page: Page, name: string) => page.locator('#modal').getByRole('button', { name, exact: true });

async function approve(page: Page): Promise<void> {
  await lastButton(page, 'Approve').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve', exact: true }).click();
}

test('alice types the command, bob approves, and both see the result in a real browser', {
  timeout: LIMIT_MS,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'registry-ha-picture-'));
  await using closing = new AsyncDisposableStack();
  closing.defer(() => removeFolder(folder));
  const browser = await startBrowser();
  closing.defer(() => browser.close());
  const sandbox = await startSandbox({ pace: 0.05, ackLimitMs: 30_000, log: () => undefined });
  closing.defer(() => sandbox.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(DONE_LIMIT_MS);
  const mistakes: string[] = [];
  page.on('pageerror', (error) => mistakes.push(String(error)));
  await page.goto(sandbox.slack.pageUrl);
  const messages = page.locator('#messages');

  await type(page, '/registry-ha add node-2 --reason "second registry before the upgrade"');
  await messages.getByText('The plan is ready.').waitFor();
  await picture(page, 'plan', folder);
  await lastButton(page, 'Full plan').click();
  await page.locator('#modal').getByText('Its digest is').waitFor();
  await picture(page, 'full-plan', folder);
  await inModal(page, 'Close').click();
  await page.locator('#person-bob').click();
  await lastButton(page, 'Deny').click();
  await inModal(page, 'Not yet').waitFor();
  await picture(page, 'deny', folder);
  await inModal(page, 'Not yet').click();
  await approve(page);
  await messages.getByText('In progress.').waitFor();
  await picture(page, 'running', folder);

  const served = 'Served 13/13 images of 3 archives, every layer hashed';
  await messages.getByText(served).first().waitFor();
  await messages.getByText('replies').last().click();
  await page.getByText('(Journal line ').first().waitFor();
  await picture(page, 'done', folder);

  await type(page, '/registry-ha status');
  await messages.getByText('Only visible to you').last().waitFor();
  await picture(page, 'status', folder);
  await page.locator('#person-alice').click();
  await type(page, '/registry-ha');
  await page.locator('#modal').getByText('Change').first().waitFor();
  await picture(page, 'form', folder);
  await page.keyboard.press('Escape');
  await page.locator('#app-home').click();
  await page.locator('#home').getByText('lab').first().waitFor();
  await picture(page, 'home', folder);
  await page.keyboard.press('Escape');

  await sandbox.faults.plant('engine-fails', ['node-3']);
  await type(page, '/registry-ha add node-3 --reason "one more"');
  await lastButton(page, 'Approve').waitFor();
  await page.locator('#person-bob').click();
  await approve(page);
  await messages.getByText('Failed.').first().waitFor();
  await messages.getByText('replies').last().click();
  await picture(page, 'failed', folder);
  expect(mistakes).toEqual([]);
  expect(await page.locator('[data-unknown-block]').count()).toBe(0);
});
