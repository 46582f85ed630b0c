import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Browser, openPage, startBrowser } from './page-browser.ts';
import { ALICE, message, planCard, stateOf, tsAt } from './page-states.ts';

// A busy machine needs seconds to load the page's modules.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});

const many = Array.from({ length: 60 }, (_, index) => message(index * 400, `line ${index}`));
const card = message(0, 'Plan', { blocks: planCard('unapproved') });

test('a file in a message shows its name and size, and a link to its text', async () => {
  const files = [{ id: 'F0PLAN', name: 'plan-lab-7f3k2q.txt', size: 12_345 }];
  await using open = await openPage(browser, stateOf([message(0, 'The plan.', { files }), message(1, '', { files })]));
  const shown = open.page.locator('.file').first();
  await expect.poll(() => shown.innerText()).toMatch(/plan-lab-7f3k2q\.txt\s+Plain text, 13 kB/);
  expect(await shown.getAttribute('href')).toBe('/page/files/F0PLAN');
  expect(await open.page.locator('.file').count()).toBe(2);
  expect(open.mistakes).toEqual([]);
});

test('a modal with inputs sends what is entered, and then the submission; an explanation is at its field', async () => {
  const plain = (text: string) => ({ type: 'plain_text', text });
  const option = (text: string) => ({ text: plain(text), value: text });
  const input = (id: string, element: object) => ({
    type: 'input',
    block_id: id,
    label: plain(id),
    element: { action_id: id, ...element },
  });
  const view = {
    title: plain('Form'),
    submit: plain('Send'),
    blocks: [
      input('Change', { type: 'static_select', options: [option('add'), option('remove')] }),
      input('Nodes', { type: 'checkboxes', options: [option('node-2'), option('node-3')] }),
      input('Reason', { type: 'plain_text_input', max_length: 9 }),
    ],
  };
  const chosen = { Change: { Change: { selected_option: option('remove') } } };
  const modal = { id: 'V1', person: ALICE.id, view, values: chosen, errors: { Nodes: 'No such node.' } };
  await using open = await openPage(browser, { ...Object(stateOf([])), views: [modal] });
  const { page, server } = open;
  const window = page.locator('#modal');
  await expect.poll(() => window.getByRole('group', { name: 'Nodes' }).innerText()).toContain('No such node.');
  expect(await window.getByLabel('Change').inputValue()).toBe('remove');
  await window.getByLabel('node-3').check();
  await window.getByLabel('node-2').check();
  await window.getByLabel('Reason').fill('disk');
  await window.getByRole('button', { name: 'Send' }).click();
  const words = (blockId: string, given: string) => ({
    path: '/page/fill',
    body: { person: ALICE.id, viewId: 'V1', blockId, words: given },
  });
  await expect
    .poll(() => server.posted)
    .toEqual([
      words('Nodes', 'node-3'),
      words('Nodes', 'node-2, node-3'),
      words('Reason', 'disk'),
      { path: '/page/submit', body: { person: ALICE.id, viewId: 'V1' } },
    ]);
  expect(open.mistakes).toEqual([]);
});

test('the app shows its Home and the direct messages of the person, and sends what is asked', async () => {
  const plain = (text: string) => ({ type: 'plain_text', text });
  const button = { type: 'button', action_id: 'plan', text: plain('Full plan') };
  const section = {
    type: 'section',
    block_id: 'b1',
    text: { type: 'mrkdwn', text: '*lab*: HA holds' },
    accessory: button,
  };
  const direct = { ...message(0, 'an answer'), channel: 'D0ALICE', ephemeralFor: ALICE.id };
  const other = { ...message(1, 'for bob'), channel: 'D0BOB', ephemeralFor: 'U0BOB' };
  const homes = [{ id: 'V1', person: ALICE.id, view: { type: 'home', blocks: [section] } }];
  const state = { ...Object(stateOf([])), messages: [direct, other], homes };
  await using open = await openPage(browser, state);
  const { page, server } = open;
  await page.locator('#app-home').click();
  const window = page.locator('#home');
  await expect.poll(() => window.innerText()).toContain('HA holds');
  expect(await window.innerText()).toContain('an answer');
  expect(await window.innerText()).not.toContain('for bob');
  await window.getByRole('button', { name: 'Full plan' }).click();
  await page.locator('#direct').fill('status');
  await page.locator('#direct').press('Enter');
  await expect
    .poll(() => server.posted)
    .toEqual([
      { path: '/page/home', body: { person: ALICE.id } },
      { path: '/page/home-click', body: { person: ALICE.id, blockId: 'b1', actionId: 'plan' } },
      { path: '/page/direct', body: { person: ALICE.id, text: 'status' } },
    ]);
  expect(open.mistakes).toEqual([]);
});

test('a reply is sent in the open thread, and comes back when Slack refuses it', async () => {
  const reply = message(5, 'a reply', { threadTs: card.ts });
  await using open = await openPage(browser, stateOf([card, reply]));
  const { page, server } = open;
  await page.getByRole('button', { name: /1 reply/ }).click();
  const box = page.locator('#thread-reply');
  await box.fill('@registry-ha why');
  await box.press('Enter');
  const body = { person: ALICE.id, ts: card.ts, text: '@registry-ha why' };
  await expect.poll(() => server.posted).toEqual([{ path: '/page/reply', body }]);
  expect(await box.inputValue()).toBe('');
  server.answer = async () => 'Slack has no slash commands in threads.';
  await box.fill('/registry-ha help');
  await box.press('Enter');
  await expect.poll(() => page.locator('#thread-complaint').innerText()).toContain('no slash commands');
  expect(await box.inputValue()).toBe('/registry-ha help');
  expect(open.mistakes).toEqual([]);
});

describe('the message box', () => {
  test('offers the command while it is typed, sends on Enter, recalls on Up, and keeps the cursor', async () => {
    await using open = await openPage(browser, stateOf([]));
    const { page, server } = open;
    const box = page.locator('#composer');
    await box.pressSequentially('/reg');
    await expect.poll(() => page.getByRole('option').innerText()).toContain('add NODE…');
    await box.press('Enter');
    await expect.poll(() => box.inputValue()).toBe('/registry-ha ');
    await box.pressSequentially('add node-2');
    await box.press('Enter');
    await expect
      .poll(() => server.posted)
      .toEqual([{ path: '/page/command', body: { person: ALICE.id, text: '/registry-ha add node-2' } }]);
    expect(await box.inputValue()).toBe('');
    await box.press('ArrowUp');
    expect(await box.inputValue()).toBe('/registry-ha add node-2');
    expect(await box.evaluate((one) => one.matches(':focus'))).toBe(true);
    expect(open.mistakes).toEqual([]);
  });

  test('shows Slack’s error and restores the text', async () => {
    await using open = await openPage(browser, stateOf([]));
    const { page, server } = open;
    server.answer = async () => '/registry-ha failed with the error "operation_timeout"';
    await page.locator('#composer').fill('/registry-ha help');
    await page.locator('#composer').press('Enter');
    await expect.poll(() => page.locator('#composer-complaint').innerText()).toContain('operation_timeout');
    expect(await page.locator('#composer').inputValue()).toBe('/registry-ha help');
  });

  test('sends as the person chosen with the keyboard', async () => {
    await using open = await openPage(browser, stateOf([]));
    const { page, server } = open;
    await page.locator('#person-bob').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#person-bob').getAttribute('aria-pressed')).toBe('true');
    await page.locator('#composer').fill('hello');
    await page.locator('#composer').press('Enter');
    await expect.poll(() => server.posted[0]?.body).toEqual({ person: 'U0BOB', text: 'hello' });
  });
});

describe('what a person sees', () => {
  test('shows an ephemeral answer only to the person who asked', async () => {
    await using open = await openPage(
      browser,
      stateOf([message(0, 'for all'), message(5, 'for alice', { ephemeralFor: ALICE.id })]),
    );
    const { page } = open;
    const ephemeral = page.locator('[data-ephemeral]');
    await expect.poll(() => ephemeral.innerText()).toMatch(/Only visible to you[\s\S]*for alice/);
    await page.locator('#person-bob').click();
    await expect.poll(() => ephemeral.count()).toBe(0);
    expect(await page.locator('#messages').innerText()).toContain('for all');
    expect(await page.content()).not.toContain('for alice');
  });

  test('shows hostile text of a bot or an SSH session as text', async () => {
    const hostile = '<img src=x onerror=document.title=1> <!channel> <javascript:alert(1)|press> &lt;b&gt;';
    const blocks = [
      { type: 'section', text: { type: 'mrkdwn', text: hostile } },
      { type: 'markdown', text: `${hostile} [press](javascript:alert(1))` },
      { type: 'header', text: { type: 'plain_text', text: hostile } },
    ];
    await using open = await openPage(browser, stateOf([message(0, hostile), message(1, 'x', { blocks })]));
    const { page } = open;
    const messages = page.locator('#messages');
    await expect.poll(() => messages.innerText()).toContain('<img src=x onerror=document.title=1> <!channel>');
    expect(await messages.locator('img, script, a, b').count()).toBe(0);
    expect(await page.title()).toContain('metalk8s-ops');
  });

  test('shows a warning for an unknown block or element', async () => {
    const blocks = [
      { type: 'data_table', rows: [] },
      { type: 'actions', block_id: 'a', elements: [{ type: 'static_select', action_id: 's' }] },
      { type: 'plan', title: 'p', tasks: [{ type: 'task_card', task_id: '1', title: 't', status: 'completed' }] },
    ];
    await using open = await openPage(browser, stateOf([message(0, 'x', { blocks })]));
    const boxes = open.page.locator('[data-unknown]');
    await expect.poll(() => boxes.allInnerTexts()).toHaveLength(3);
    const texts = (await boxes.allInnerTexts()).join('\n');
    for (const type of ['data_table', 'static_select', 'completed']) expect(texts).toContain(type);
  });

  test('names the people in the head of a thread', async () => {
    const parent = message(0, '*Denied.* By <@U0BOB>. Nothing was changed.');
    await using open = await openPage(browser, stateOf([parent]));
    const { page, server } = open;
    server.change(stateOf([parent, message(9, 'a reply', { threadTs: tsAt(0) })]));
    await expect.poll(() => page.locator('#thread-parent p').innerText()).toBe('Denied. By @bob. Nothing was changed.');
  });

  test('shows a reply only in the thread, opens the thread at the first reply, and counts replies below the parent', async () => {
    const parent = message(0, 'parent');
    await using open = await openPage(browser, stateOf([parent]));
    const { page, server } = open;
    expect(await page.locator('#thread').isVisible()).toBe(false);
    server.change(stateOf([parent, message(9, 'step 1 done', { threadTs: tsAt(0) })]));
    await expect.poll(() => page.locator('#thread-messages').innerText()).toContain('step 1 done');
    expect(await page.locator('#messages').innerText()).not.toContain('step 1 done');
    expect(await page.locator('#messages .replies').innerText()).toContain('1 reply');
    server.change(stateOf([parent, message(9, 'it failed', { threadTs: tsAt(0), broadcast: true })]));
    await expect.poll(() => page.locator('#messages').innerText()).toContain('it failed');
  });
});

describe('buttons', () => {
  test('asks before Approve, and sends message, block and action of the click', async () => {
    await using open = await openPage(browser, stateOf([card]));
    const { page, server } = open;
    const answered = Promise.withResolvers<string | undefined>();
    server.answer = () => answered.promise;
    const approve = page.getByRole('button', { name: 'Approve' });
    await approve.click();
    expect(await page.locator('#dialog').innerText()).toContain('Run this plan?');
    expect(server.posted).toEqual([]);
    await page.locator('#dialog-confirm').click();
    await expect.poll(() => approve.getAttribute('aria-busy')).toBe('true');
    expect(server.posted).toEqual([
      {
        path: '/page/click',
        body: { person: ALICE.id, ts: card.ts, blockId: 'decision', actionId: 'approve' },
      },
    ]);
    answered.resolve('Slack shows: this app did not answer');
    await expect.poll(() => page.locator('#messages .complaint').innerText()).toContain('did not answer');
    expect(await approve.getAttribute('aria-busy')).toBe(null);
  });

  test('denies with Escape, and keeps Tab inside the dialog', async () => {
    await using open = await openPage(browser, stateOf([card]));
    const { page, server } = open;
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.keyboard.press('Tab');
    expect(await page.locator('#dialog-deny').evaluate((one) => one.matches(':focus'))).toBe(true);
    await page.keyboard.press('Tab');
    expect(await page.locator('#dialog-confirm').evaluate((one) => one.matches(':focus'))).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('#dialog').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Deny' }).click();
    await expect
      .poll(() => server.posted.map(({ body }) => body))
      .toEqual([{ person: ALICE.id, ts: card.ts, blockId: 'decision', actionId: 'deny' }]);
  });
});

describe('an update', () => {
  test('keeps the scroll position in old messages, the typed text and the focus', async () => {
    await using open = await openPage(browser, stateOf(many));
    const { page, server } = open;
    const scroller = page.locator('#channel');
    await page.locator('#composer').fill('/registry-ha add no');
    await scroller.evaluate((one) => {
      one.scrollTop = 300;
    });
    await expect.poll(() => scroller.evaluate((one) => one.scrollTop)).toBe(300);
    server.change(stateOf([...many, message(99_000, 'newest')]));
    await expect.poll(() => page.locator('#messages').innerText()).toContain('newest');
    expect(await scroller.evaluate((one) => one.scrollTop)).toBe(300);
    expect(await page.locator('#news').isVisible()).toBe(true);
    expect(await page.locator('#composer').inputValue()).toBe('/registry-ha add no');
    expect(await page.locator('#composer').evaluate((one) => one.matches(':focus'))).toBe(true);
  });

  test('keeps the scroll position of a reader who scrolled in the frame before it', async () => {
    await using open = await openPage(browser, stateOf(many));
    const { page, server } = open;
    const scroller = page.locator('#channel');
    // No scroll event: as if the next frame were late.
    await scroller.evaluate((one) => {
      one.addEventListener(
        'scroll',
        (event: { stopImmediatePropagation(): void }) => event.stopImmediatePropagation(),
        { capture: true },
      );
      one.scrollTop = 300;
    });
    server.change(stateOf([...many, message(99_000, 'newest')]));
    await expect.poll(() => page.locator('#messages').innerText()).toContain('newest');
    expect(await scroller.evaluate((one) => one.scrollTop)).toBe(300);
  });

  test('follows the newest message while the reader is at the end, and announces it to screen readers', async () => {
    await using open = await openPage(browser, stateOf(many));
    const { page, server } = open;
    server.change(stateOf([...many, message(99_000, 'newest')]));
    await expect.poll(() => page.locator('#announcer').innerText()).toContain('registry-ha: newest');
    const gap = () => page.locator('#channel').evaluate((one) => one.scrollHeight - one.scrollTop - one.clientHeight);
    await expect.poll(gap).toBeLessThan(2);
  });

  test('redraws a plan in place and keeps the focused button', async () => {
    await using open = await openPage(browser, stateOf([card]));
    const { page, server } = open;
    const approve = page.getByRole('button', { name: 'Approve' });
    await approve.focus();
    const before = await approve.elementHandle();
    const [header, ...rest] = card.blocks;
    server.change(stateOf([{ ...card, edits: 1, blocks: [header, { type: 'divider' }, ...rest.slice(1)] }]));
    await expect.poll(() => page.locator('#messages hr').count()).toBe(1);
    expect(await approve.evaluate((one, old) => one === old && one.matches(':focus'), before)).toBe(true);
    expect(await page.locator('#messages').innerText()).not.toContain('(edited)');
  });

  test('that moves the buttons keeps the focus on the same button, or on the message if the button is gone', async () => {
    await using open = await openPage(browser, stateOf([card]));
    const { page, server } = open;
    const approve = page.getByRole('button', { name: 'Approve' });
    await approve.focus();
    server.change(stateOf([{ ...card, edits: 1, blocks: [{ type: 'divider' }, ...card.blocks] }]));
    await expect.poll(() => page.locator('#messages hr').count()).toBe(1);
    expect(await approve.evaluate((one) => one.matches(':focus'))).toBe(true);
    server.change(stateOf([{ ...card, edits: 2, blocks: planCard(0) }]));
    await expect.poll(() => approve.count()).toBe(0);
    expect(await page.locator('#channel').evaluate((one) => one.matches(':focus'))).toBe(true);
  });
});

describe('the window that breaks something', () => {
  const ssh = { label: 'node-2 refuses SSH', statement: 'fault ssh-refused node-2' };

  test('plays what a person clicks or types, shows what is broken, and says what is wrong', async () => {
    await using open = await openPage(browser, stateOf([]));
    const { page, server } = open;
    server.breaking = { offers: [{ title: 'Nodes', deeds: [ssh] }], broken: [] };
    await page.reload();
    await page.locator('#breaking-open').click();
    server.breaking = {
      ...server.breaking,
      broken: [{ label: 'ssh-refused node-2', statement: 'clear fault ssh-refused' }],
    };
    await page.getByRole('button', { name: ssh.label }).click();
    await expect.poll(() => page.locator('.broken').innerText()).toContain('End “ssh-refused node-2”');
    server.answer = async () => 'Unknown fault sssh.';
    await page.locator('#breaking-box').fill('fault sssh');
    await page.locator('#breaking-box').press('Enter');
    await expect.poll(() => page.locator('#breaking .complaint').innerText()).toBe('Unknown fault sssh.');
    expect(server.posted.map(({ path, body }) => [path, body])).toEqual([
      ['/page/breaking', { statement: ssh.statement }],
      ['/page/breaking', { statement: 'fault sssh' }],
    ]);
    expect(open.mistakes).toEqual([]);
  });

  test('is not offered by a Slack without a cluster behind it', async () => {
    await using open = await openPage(browser, stateOf([]));
    expect(await open.page.locator('#breaking-open').isVisible()).toBe(false);
  });
});
