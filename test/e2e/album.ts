import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Browser } from '../sandbox/slack/page/page-browser.ts';

type Page = Awaited<ReturnType<Browser['newPage']>>;

/** The pictures of the documentation. */
const DOCS = join(import.meta.dirname, '../../docs/pictures');

/** CSS pixels of a common desktop window and a common phone. */
const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;

/**
 * Takes a picture of the page as it is now, at both widths, and checks that nothing is wider than the phone. With
 * `UPDATE_SCREENSHOT=1`, the pictures replace those of the documentation.
 */
export async function picture(page: Page, name: string, folder: string): Promise<void> {
  for (const [kind, size] of [['desktop', SIZES.desktop] as const, ['phone', SIZES.phone] as const]) {
    await page.setViewportSize(size);
    if (kind === 'phone') await closeThread(page);
    // Two frames: the page reacts to its width, and draws.
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
    const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(wide, `${name} is wider than the ${kind}`).toBe(0);
    const shot = join(folder, `${name}-${kind}.png`);
    await page.screenshot({ path: shot });
    if (process.env.UPDATE_SCREENSHOT !== '1') continue;
    await mkdir(DOCS, { recursive: true });
    await copyFile(shot, join(DOCS, `${name}-${kind}.png`));
  }
  await page.setViewportSize(SIZES.desktop);
}

/** A thread covers the channel of a phone. */
async function closeThread(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'Close the thread' });
  if (await button.isVisible()) await button.click();
}
