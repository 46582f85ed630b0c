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

/** Starts the machine's Chromium, or the one named by `CHROMIUM`. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS });
}

/** The page in a browser, with the fake server behind it; errors of the page are collected. */
export interface OpenPage extends AsyncDisposable {
  readonly server: PageServer;
  readonly page: Page;
  readonly mistakes: readonly string[];
}

/** Opens the page with this state. */
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
