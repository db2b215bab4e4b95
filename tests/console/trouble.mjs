#!/usr/bin/env node
// Trouble, and nothing typed is lost: a reload, a cut line, two tabs, a session that ends, and a daemon that is killed
// while somebody talks. A real daemon in a folder, real browsers, a citizen and a telephone by SIPp.
// Usage: node tests/console/trouble.mjs [--shots DIR]. KRINGD: the binary; CHROMIUM: the browser.
// Exit code 0 when every check passed, 1 when one failed, 2 when the test could not begin.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Desk, openBrowser } from './desk.mjs';
import { openHouse, openLine } from './house.mjs';

const boundMs = 150_000;
const soonMs = 10_000;
/** What the page promises after the line is back; a busy machine gets as much again. */
const backWithinMs = 1_000;
const graceMs = 1_000;
const cutMs = 10_000;
const agent = { login: 'somying', password: 'ดาวอังคาร กินกล้วย บนหลังช้าง' };

const { values: options } = parseArgs({ options: { shots: { type: 'string' } } });
if (options.shots) mkdirSync(options.shots, { recursive: true });
let passed = 0;
let failed = 0;

function check(what, met, found = '') {
  met ? (passed += 1) : (failed += 1);
  console.log(met ? 'ok  ' : 'FAIL', what, met || found === '' ? '' : `(found: ${found})`);
  return met;
}

function must(what, met, found) {
  if (!check(what, met, found)) throw new Error(`cannot go on: ${what}`);
}

async function shoot(desk, name) {
  if (options.shots) await desk.page.screenshot({ path: join(options.shots, `${name}.png`) });
}

/** How long after `begin` the question was true; null when it never was. */
async function tookMs(desk, begin, question) {
  const from = performance.now();
  await begin?.();
  return (await desk.becomes(question, soonMs)) ? performance.now() - from : null;
}

function fast(what, ms) {
  check(`${what} within ${backWithinMs} ms`, ms !== null && ms <= backWithinMs + graceMs, `${ms === null ? 'never' : Math.round(ms)} ms`);
  if (ms !== null) console.log(`     ${Math.round(ms)} ms`);
}

async function signIn(desk) {
  await desk.page.locator('#login').fill(agent.login, { timeout: soonMs });
  await desk.page.locator('#password').fill(agent.password);
  await desk.page.keyboard.press('Enter');
  must('the agent is signed in', await desk.shows('call-bar', soonMs));
  await desk.page.locator('[data-testid="go-ready"]:not(:disabled)').click({ timeout: soonMs });
  must('and ready', (await desk.comesTo(['ready'], soonMs)) !== null, await desk.text('hint'));
}

const detail = (desk) => desk.page.locator('#detail');
const has = (desk, text) => async () => (await detail(desk).count()) === 1 && (await detail(desk).inputValue()) === text;
const stored = (desk, call, text) => desk.becomes(async () => (await desk.get(`/api/v1/calls/${call}/draft`)).body?.detail === text, soonMs);

async function types(desk, text) {
  await detail(desk).focus();
  await desk.page.keyboard.press('Control+End');
  await desk.page.keyboard.type(text);
  return detail(desk).inputValue();
}

/** A ringing call and a reload; a ringing call and a line that was cut. */
async function ringing(desk, house, line) {
  house.dial('0812345670', 9_000);
  must('a call rings', (await desk.comesTo(['ringing'], soonMs)) !== null);
  const call = await desk.call();
  const rings = async () => (await desk.call().catch(() => null)) === call;
  fast('a reload brings the pop back', await tookMs(desk, () => desk.page.reload({ waitUntil: 'commit' }), rings));
  line.cut();
  check('a lost line is said while it rings', await desk.shows('banner-lost', soonMs));
  await shoot(desk, 'lost-ringing');
  const up = async () => (await desk.page.locator('[data-testid="link"][data-link="up"]').count()) === 1 && (await rings());
  fast('the line back, and the pop with it', await tookMs(desk, () => line.mend(), up));
  must('the telephone is lifted', (await desk.comesTo(['talking'], soonMs)) !== null);
  return call;
}

/** Ten seconds without a line, typing on. */
async function cutOff(desk, call, line) {
  let text = await types(desk, 'ก่อนสายเครือข่ายหลุด');
  line.cut();
  check('a lost line is said', await desk.shows('banner-lost', soonMs));
  text = await types(desk, ' ระหว่างที่หลุดพิมพ์ต่อ');
  check('the text is on this computer', (await desk.at('saved').getAttribute('data-kept')) === 'here');
  await shoot(desk, 'lost-talking');
  await desk.page.waitForTimeout(cutMs);
  const up = async () => (await desk.page.locator('[data-testid="link"][data-link="up"]').count()) === 1;
  fast('after ten seconds the page is back', await tookMs(desk, () => line.mend(), up));
  check('with its call', (await desk.call()) === call);
  check('with every letter', await has(desk, text)());
  check('and the daemon gets them', await stored(desk, call, text));
  return text;
}

/** A second tab shows, and takes over when it is asked to. */
async function twoTabs(desk, call, text) {
  const second = new Desk(await desk.page.context().newPage());
  await second.page.goto(desk.page.url());
  must('a second tab only shows', await second.shows('banner-watching', soonMs));
  check('it has the call', await second.becomes(async () => (await second.call()) === call, soonMs));
  check('and the text', await second.becomes(has(second, text), soonMs));
  check('which cannot be changed there', await detail(second).isDisabled());
  const more = await types(desk, ' พิมพ์ในแท็บแรก');
  check('it follows what is typed in the first', await second.becomes(has(second, more), soonMs), await detail(second).inputValue());
  await shoot(second, 'second-tab');
  const last = await types(desk, ' แล้วย้ายแท็บทันที');
  await second.at('work-here').click();
  check('it takes over at once, with the last letter', await second.becomes(async () => (await has(second, last)()) && (await detail(second).isEnabled()), soonMs), await detail(second).inputValue());
  check('and the first only shows', await desk.shows('banner-watching', soonMs));
  const there = await types(second, ' และพิมพ์ต่อ');
  check('what is typed on is stored', await stored(second, call, there));
  await second.page.close();
  await desk.at('work-here').click({ timeout: soonMs }).catch(() => {});
  check('the first works again when the second is closed', await desk.becomes(async () => (await has(desk, there)()) && (await detail(desk).isEnabled()), soonMs));
  check('no second tab had an error', second.pageErrors.length === 0, second.pageErrors.join('; '));
  return there;
}

/** The session ends by itself; the same person goes on in place. */
async function expired(desk, call) {
  const text = await types(desk, ' ก่อนหมดเวลา');
  const { origin } = new URL(desk.page.url());
  await desk.page.request.delete(`${origin}/api/v1/me/sessions`, { headers: { origin } });
  must('the sign-in lies over the page', await desk.shows('sign-in-over', soonMs));
  check('the text is there behind it', await has(desk, text)());
  check('the password has the focus', await desk.page.evaluate(() => document.activeElement?.id === 'password'));
  await shoot(desk, 'session-ended');
  await desk.page.keyboard.type(agent.password);
  await desk.page.keyboard.press('Enter');
  const over = desk.at('sign-in-over').waitFor({ state: 'detached', timeout: soonMs });
  must('the same person goes on', await desk.met(over), await desk.page.getByRole('alert').allTextContents());
  check('in the same call', await desk.becomes(async () => (await desk.call()) === call, soonMs));
  const more = await types(desk, ' ทำต่อได้');
  check('with the text', more === `${text} ทำต่อได้`, more);
  check('which is stored', await stored(desk, call, more));
  return more;
}

/** The daemon dies while somebody talks, and starts again. */
async function killed(desk, call, house) {
  const before = await types(desk, ' ก่อนไฟดับ');
  await house.kill();
  check('the page says so', await desk.shows('banner-lost', soonMs));
  const text = await types(desk, ' ระหว่างไฟดับ');
  check('and goes on taking text', text === `${before} ระหว่างไฟดับ`, text);
  await house.start();
  const up = async () => (await desk.page.locator('[data-testid="link"][data-link="up"]').count()) === 1;
  fast('the daemon is back, and the page', await tookMs(desk, undefined, up));
  const phase = await desk.comesTo(['wrapup', 'ready', 'wrap_up'], soonMs);
  check('the call that died is to be recorded', phase !== null, await desk.at('call-bar').getAttribute('data-phase'));
  check('every letter is in its form', await desk.becomes(has(desk, text), soonMs), await detail(desk).inputValue().catch(() => 'no form'));
  check('and at the daemon', await stored(desk, call, text));
  await shoot(desk, 'after-kill');
}

async function walk(desk, house, line) {
  await signIn(desk);
  const call = await ringing(desk, house, line);
  const text = await cutOff(desk, call, line);
  await twoTabs(desk, call, text);
  await expired(desk, call);
  await killed(desk, call, house);
  check('the page had no error of its own', desk.pageErrors.length === 0, desk.pageErrors.join('; '));
}

async function main() {
  const binary = process.env.KRINGD ?? fileURLToPath(new URL('../../target/release/kringd', import.meta.url));
  const house = await openHouse(binary, agent);
  process.once('exit', house.end);
  await house.start();
  const line = await openLine(house.port);
  const browser = await openBrowser();
  const desk = await Desk.open(browser, line.url);
  let late;
  const bound = new Promise((_, reject) => {
    late = setTimeout(() => reject(new Error(`not done in ${boundMs / 1000} s`)), boundMs);
  });
  try {
    await Promise.race([walk(desk, house, line), bound]);
  } catch (failure) {
    if (!failure.message.startsWith('cannot go on')) check(failure.message.split('\n')[0], false);
    await shoot(desk, 'failed');
  }
  clearTimeout(late);
  await browser.close();
  line.close();
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
try {
  await main();
} catch (failure) {
  console.error(failure.message);
  process.exit(2);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
