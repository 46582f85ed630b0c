import { chromium } from 'playwright-core';
import { PATIENCE_MS } from '../../../fixtures/patience.ts';
import { PageServer } from './page-server.ts';

/** A running Chromium. */
export type Browser = Awaited<ReturnType<typeof chromium.launch>>;

type Page = Awaited<ReturnType<Browser['newPage']>>;

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the real Chromium of the machine, or the one `CHROMIUM` names. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS });
}

/** The page in a browser, with the stand-in behind it; every mistake of the page itself is kept. */
export interface OpenPage extends AsyncDisposable {
  readonly server: PageServer;
  readonly page: Page;
  readonly mistakes: readonly string[];
}

/** Opens the page with a state. */
export async function openPage(browser: Browser, state: unknown): Promise<OpenPage> {
  const server = new PageServer(state);
  const url = await server.start();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(PATIENCE_MS);
  const mistakes: string[] = [];
  page.on('pageerror', (error) => mistakes.push(String(error)));
  await page.goto(url);
  await page.locator('#person-alice').waitFor();
  const close = async () => {
    await page.close();
    await server.close();
  };
  return { server, page, mistakes, [Symbol.asyncDispose]: close };
}
