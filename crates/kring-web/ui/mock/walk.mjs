// A whole call by the keyboard alone against a kring of cardboard, and what must never happen on the way.
// Usage: node mock/walk.mjs. Exit code 1 when something is wrong.

import { chromium } from 'playwright-core';
import { attach, pop, serveDist } from './fake.mjs';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const server = await serveDist();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
let wrong = 0;
const fresh = { contact: null, history: [], number: { canonical: '+6638611025', display: '038-611-025', class: 'landline' } };

async function check(what, condition) {
  let met = false;
  for (const until = Date.now() + 5_000; !met && Date.now() < until; ) {
    met = Boolean(await condition());
    if (!met) await new Promise((done) => setTimeout(done, 50));
  }
  if (!met) wrong += 1;
  console.log(met ? 'ok  ' : 'FAIL', what);
}

async function open(options) {
  const page = await (await browser.newContext({ viewport: { width: 1366, height: 768 } })).newPage();
  page.on('pageerror', (failure) => console.log('PAGE ERROR', failure.message, (wrong += 1)));
  const stage = await attach(page, options);
  await page.goto(server.url);
  const focused = () => page.evaluate(() => document.activeElement?.id);
  const phase = () => page.getByTestId('call-bar').getAttribute('data-phase');
  return { page, stage, focused, phase };
}

{
  const { page, stage, focused, phase } = await open({ signedIn: false, snapshot: { presence: { state: 'offline' } } });
  await check('the sign-in has the focus in its first field', async () => (await focused()) === 'login');
  await page.keyboard.type('supaporn');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type('a long password');
  await page.keyboard.press('Enter');
  await check('signing in opens the desk', () => page.getByTestId('idle-state').isVisible());
  await page.locator('[data-testid="go-ready"]:not(:disabled)').focus();
  await page.keyboard.press('Enter');
  await check('ready is asked for', () => stage.asked.some((a) => a.where === '/me/presence' && a.body.state === 'ready'));
  stage.say('presence.changed', { state: 'ready' });
  await page.keyboard.press('Alt+2');
  await check('Alt+2 goes to the knowledge', () => page.evaluate(() => document.activeElement?.dataset.testid === 'answers-search'));
  await page.keyboard.press('Alt+2');
  await check('and once more to the units', () => page.evaluate(() => Boolean(document.activeElement?.closest('[data-testid="directory"]'))));
  await page.keyboard.type('ภายใน');
  await check('typing searches the departments', async () => (await page.locator('[data-testid="directory"] li').count()) === 1);

  stage.say('call.offered', pop(fresh), 'A');
  stage.say('call.ring', { n: 2, of: 3 }, 'A');
  await check('the tab tells the ring', async () => (await page.title()) === '(2/3) สายเข้า');
  await check('the call is announced once, at once', async () => (await page.getByTestId('live-assertive').textContent()).includes('038-611-025'));
  await check('the pop is acknowledged', () => stage.heard.some((h) => h.t === 'ack' && h.seq === 2));
  await check('and was painted', () => stage.heard.some((h) => h.t === 'painted' && h.seq === 2));
  await page.keyboard.type('x');
  await check('ringing does not take the focus', async () => (await page.locator('[data-testid="directory"] input').inputValue()) === 'ภายในx');
  const said = await page.getByTestId('live-assertive').textContent();
  stage.say('call.ring', { n: 3, of: 3 }, 'A');
  await check('the last ring is red and counted', async () => (await page.getByTestId('ring-pips').getAttribute('data-ring')) === '3');
  await check('rings are not announced again', async () => (await page.getByTestId('live-assertive').textContent()) === said);

  await page.keyboard.press('F2');
  await check('F2 answers while typing', () => stage.asked.some((a) => a.where === '/calls/A/answer'));
  stage.say('call.answered', { by: 'supaporn', rings: 3, wait_ms: 11000, rule: 'within' }, 'A');
  stage.say('presence.changed', { state: 'talking' });
  await check('the talk has its timer', () => page.getByTestId('talk-timer').isVisible());
  await check('the title is put back', async () => (await page.title()) === 'kring');
  await page.keyboard.press('Alt+3');
  await check('Alt+3 goes to the record', async () => (await focused()) === 'given');
  await page.keyboard.type('นายสมชาย ใจดี');
  await page.keyboard.press('Tab');
  await check('a whole name is put into its parts', async () => (await page.locator('#prefix').inputValue()) === 'นาย' && (await page.locator('#family').inputValue()) === 'ใจดี');
  await page.locator('#subject').focus();
  await page.keyboard.type('ขอแบบฟอร์ม ทพ.');
  stage.snapshot = { ...stage.snapshot, presence: { state: 'talking' }, call: { id: 'A', state: 'talking', offered: pop(fresh), talk_ms: 5000 } };
  await page.reload();
  await check('a reload at once loses no keystroke', async () => (await page.locator('#subject').inputValue()) === 'ขอแบบฟอร์ม ทพ.');
  await check('and the server gets them', () => stage.drafts.A?.body.subject === 'ขอแบบฟอร์ม ทพ.');
  await check('which the form says', async () => (await page.getByTestId('saved').getAttribute('data-kept')) === 'server');

  await page.locator('#subject').focus();
  await page.keyboard.press('F9');
  await check('F9 hangs up while typing', () => stage.asked.some((a) => a.where === '/calls/A/hangup'));
  stage.say('call.ended', { by: 'agent', cause: 'bye', talk_ms: 9000 }, 'A');
  stage.say('wrapup.opened', { draft: null, deadline: null, for_ms: 60000 }, 'A');
  stage.say('presence.changed', { state: 'wrap_up' });
  await check('the wrap-up counts down', () => page.getByTestId('wrapup-timer').isVisible());
  await page.keyboard.press('Control+Enter');
  await check('a record without department is not sent, and the focus goes to what lacks', async () => (await focused()) === 'department' && !stage.asked.some((a) => a.where.endsWith('/confirm')));
  await page.keyboard.type('พัฒนา');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await check('the department is chosen by the keyboard', async () => (await page.locator('#department').inputValue()) === 'กรมพัฒนาธุรกิจการค้า');
  await page.locator('[data-testid="resolution"] input').first().focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Control+Enter');
  const confirmed = () => stage.asked.find((a) => a.where === '/calls/A/confirm')?.body;
  await check('Ctrl+Enter confirms S6a', () => confirmed()?.given === 'สมชาย' && confirmed()?.department_id === '6' && confirmed()?.resolution === 'answered');
  await check('the reference is shown', async () => (await page.getByTestId('recorded').textContent()).includes('RY-2569-000124'));
  await check('nothing of it stays on this computer', async () => (await page.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith('kring.draft')))).length === 0);
  await check('the phase follows the server', async () => (await phase()) === 'wrapup');
}

{
  const unfinished = [{ call: 'U', number: fresh.number, answered_at: '2026-11-23T02:12:00Z', talk_ms: 60000, draft: null }];
  const { page, stage, focused, phase } = await open({ unfinished });
  await page.getByTestId('unfinished-row').click();
  await check('an unfinished record takes the focus when it is opened', async () => (await focused()) === 'given');
  await page.locator('#subject').fill('เรื่องของสายก่อน');
  stage.say('call.offered', pop(), 'B');
  stage.say('call.answered', { by: 'supaporn' }, 'B');
  await check('a call answered by the handset is on', async () => (await phase()) === 'talking');
  await check('and the form still belongs to the record that is being written', async () => (await page.getByTestId('record').getAttribute('data-call')) === 'U');
  await page.getByTestId('other-call').getByRole('button').click();
  await check('one click leads to the record of the call', async () => (await page.getByTestId('record').getAttribute('data-call')) === 'B' && (await page.locator('#subject').inputValue()) === '');
  await check('the text of the other is stored', () => stage.drafts.U?.body.subject === 'เรื่องของสายก่อน');

  await page.locator('#detail').fill('ก่อนสายเน็ตหลุด');
  stage.cut();
  await check('a lost socket is said', () => page.getByTestId('banner-lost').isVisible());
  await check('and the buttons that cannot work look so', () => page.getByTestId('hang-up').isDisabled());
  await page.locator('#detail').focus();
  await page.keyboard.type(' และหลังหลุด');
  stage.socket = true;
  stage.snapshot = { ...stage.snapshot, presence: { state: 'wrap_up' }, call: { id: 'B', state: 'wrap_up', offered: pop(), talk_ms: 65000, wrapup_left_ms: 40000 } };
  await check('it comes back by itself, with the desk as it is now', async () => (await phase()) === 'wrapup' && !(await page.getByTestId('banner-lost').isVisible()));
  await check('the focus is where it was', async () => (await focused()) === 'detail');
  await check('the text too', () => stage.drafts.B?.body.detail?.endsWith('และหลังหลุด') || stage.drafts.B?.body.detail?.includes('และหลังหลุด'));

  stage.drafts.B = { version: 50, body: { detail: 'จากอีกแท็บ' } };
  await page.locator('#detail').fill('จากแท็บนี้');
  await check('a draft changed elsewhere shows both', () => page.getByTestId('clash').isVisible());
  await page.getByTestId('clash').getByRole('button').nth(2).click();
  await check('and both can be kept', () => stage.drafts.B?.body.detail === 'จากแท็บนี้\nจากอีกแท็บ');
  stage.say('wrapup.expired', {}, 'B');
  stage.say('presence.changed', { state: 'ready' });
  await check('the end of the wrap-up changes the state and keeps the form', async () => (await phase()) === 'ready' && (await page.locator('#detail').inputValue()).startsWith('จากแท็บนี้'));
  await page.getByTestId('no-case').click();
  await page.locator('[data-item="dropped"]').click();
  await check('no case asks once more when something was typed', () => page.getByTestId('ask').isVisible());
  await page.getByTestId('ask').getByRole('button').last().click();
  await check('and closes the call without one', () => stage.asked.some((a) => a.where === '/calls/B/no-case' && a.body.reason === 'dropped'));
}

await browser.close();
server.close();
process.exit(wrong ? 1 : 0);
