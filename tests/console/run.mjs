#!/usr/bin/env node
// One call by the keyboard: a real daemon, a real browser, real SIP and RTP from the demo's citizens.
// Usage: node tests/console/run.mjs [--shots DIR]. KRINGD: the binary; CHROMIUM: the browser.
// Exit code 0 when every check passed, 1 when one failed, 2 when the test could not begin.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startDemo } from './daemon.mjs';
import { Desk, openBrowser } from './desk.mjs';

const boundMs = 110_000;
/** The page follows the daemon over loopback; a busy machine gets time. */
const soonMs = 8_000;
/** Every few seconds a citizen calls, and two robots are at their desks too. */
const callWithinMs = 40_000;
/** Calls that may go by: to a robot, or by a citizen who hangs up. */
const callsMax = 8;

const typed = { given: 'ทดสอบ', subject: 'ขอแบบฟอร์มจดทะเบียนพาณิชย์', department: 'พัฒนาธุรกิจ' };
/** What the page shows of a number: grouped digits, or that it was withheld. */
const numberOrWord = /^\+?[\d\s-]{3,}$|^\D{3,}$/;
const ended = ['wrapup', 'ready', 'wrap_up', 'farewell', 'paused'];

const { values: options } = parseArgs({ options: { shots: { type: 'string' } } });
if (options.shots) mkdirSync(options.shots, { recursive: true });

let passed = 0;
let failed = 0;

function check(what, met, found = '') {
  met ? (passed += 1) : (failed += 1);
  console.log(met ? 'ok  ' : 'FAIL', what, met || found === '' ? '' : `(found: ${found})`);
  return met;
}

/** What the rest cannot do without. */
function must(what, met, found) {
  if (!check(what, met, found)) throw new Error(`cannot go on: ${what}`);
}

async function shoot(desk, name) {
  if (options.shots) await desk.page.screenshot({ path: join(options.shots, `${name}.png`) });
}

async function signIn(desk, demo) {
  must('the page asks to sign in', await desk.met(desk.page.locator('#login').waitFor({ timeout: soonMs })));
  await desk.page.locator('#login').fill(demo.login);
  await desk.page.locator('#password').fill(demo.password);
  await desk.page.keyboard.press('Enter');
  must('the newcomer is signed in', await desk.shows('call-bar', soonMs), await desk.page.getByRole('alert').allTextContents());
  check('the socket is up', await desk.met(desk.page.locator('[data-testid="link"][data-link="up"]').waitFor({ timeout: soonMs })));
  await desk.at('go-ready').click({ timeout: soonMs });
  must('ready is taken', (await desk.comesTo(['ready', 'ringing'], soonMs)) !== null, await desk.text('failure'));
}

/** What the page says of a ringing call, read in one go; null when it rings no more. */
function ringing(desk) {
  return desk.page.evaluate(() => {
    const at = (name) => document.querySelector(`[data-testid="${name}"]`);
    const [bar, pips] = [at('call-bar'), at('ring-pips')];
    if (!bar || !pips) return null;
    const [name, number] = ['caller-name', 'caller-number'].map((part) => at(part)?.textContent.trim() ?? '');
    return { id: bar.dataset.call, ring: Number(pips.dataset.ring), of: Number(pips.dataset.of), name, number, title: document.title };
  });
}

/** Lets calls go by until one was seen ringing and was answered here; what was seen. */
async function answerOne(desk) {
  for (let calls = 1; calls <= callsMax; calls += 1) {
    if (!(await desk.comesTo(['ringing'], callWithinMs))) return null;
    const seen = await ringing(desk);
    if (seen && options.shots) {
      // Ring 2 shows what a ring is: one is over, one sounds, one is left.
      await desk.met(desk.page.locator('[data-testid="ring-pips"][data-ring="2"]').waitFor({ timeout: soonMs }));
      await shoot(desk, 'ringing');
    }
    await desk.page.keyboard.press('F2');
    const phase = await desk.comesTo(['talking', ...ended], soonMs);
    if (phase === 'talking' && seen?.id === (await desk.call())) return seen;
    console.log('     a call went by before it was answered here');
    await backToReady(desk, phase);
  }
  return null;
}

async function backToReady(desk, phase) {
  if (phase === 'talking') {
    await desk.page.keyboard.press('F9');
    phase = await desk.comesTo(ended, soonMs);
  }
  if (phase === 'wrapup') await desk.at('finish-later').click({ timeout: soonMs });
  if (phase === 'paused') await desk.at('go-ready').click({ timeout: soonMs });
}

async function talk(desk, call) {
  check('the call on the screen is the one that rang', (await desk.call()) === call.id, await desk.call());
  check('the talk timer is there', await desk.shows('talk-timer', soonMs));
  const subject = desk.page.locator('#subject');
  await subject.focus();
  await desk.page.keyboard.type(typed.subject);
  check('the record takes text while talking', (await subject.inputValue()) === typed.subject, await subject.inputValue());
  const saved = desk.page.locator('[data-testid="saved"][data-kept="server"]');
  check('the daemon has the text', await desk.met(saved.waitFor({ timeout: soonMs })), await desk.text('saved'));
  await shoot(desk, 'talking');
  await desk.page.reload();
  await desk.shows('call-bar', soonMs);
  const there = await desk.becomes(async () => (await subject.count()) === 1 && (await subject.inputValue()) === typed.subject, soonMs);
  must('a reload in the middle of the call loses no text', there);
  check('and the record is still that of the call', (await desk.at('record').getAttribute('data-call')) === call.id);
}

/** Whether the call bar says that the caller is on hold. */
const isHeld = async (desk) => (await desk.text('talk-state')).includes('พักสายอยู่');

async function hold(desk) {
  await desk.page.keyboard.press('F4');
  check('F4 holds, and the bar says so', await desk.becomes(() => isHeld(desk), soonMs), await desk.text('failure'));
  await shoot(desk, 'held');
  await desk.page.reload();
  await desk.shows('call-bar', soonMs);
  check('a page that comes back knows of the hold', await desk.becomes(() => isHeld(desk), soonMs), await desk.text('talk-state'));
  await desk.page.keyboard.press('F4');
  check('F4 resumes', await desk.becomes(async () => !(await isHeld(desk)), soonMs), await desk.text('failure'));
}

async function hangUp(desk) {
  const before = await desk.comesTo(['talking', ...ended], soonMs);
  if (before === 'talking') await desk.page.keyboard.press('F9');
  else console.log('     the citizen hung up first');
  must('the call is over, and its record is due', (await desk.comesTo(['wrapup'], soonMs)) !== null, await desk.at('call-bar').getAttribute('data-phase'));
  check('the wrap-up counts down', await desk.shows('wrapup-timer', soonMs));
}

async function writeRecord(desk) {
  const { page } = desk;
  const given = page.locator('#given');
  if ((await given.count()) === 1 && (await given.inputValue()) === '') await given.fill(typed.given);
  const department = page.locator('#department');
  await department.focus();
  await page.keyboard.type(typed.department);
  check('the department is found by typing', await desk.met(page.locator('[role="option"]').first().waitFor({ timeout: soonMs })));
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  check('and chosen by the keyboard', await desk.becomes(async () => (await department.inputValue()).includes(typed.department), soonMs), await department.inputValue());
  await page.locator('[data-testid="resolution"] input').first().focus();
  await page.keyboard.press('Space');
  await shoot(desk, 'wrap-up');
  await page.keyboard.press('Control+Enter');
}

async function recorded(desk, call) {
  const shown = await desk.shows('recorded', soonMs);
  const words = await desk.text('recorded');
  const ref = /[A-Z]{2,}-\d{4}-\d+(-\d)?/.exec(words)?.[0];
  must('the case reference is shown', shown && ref !== undefined, words || (await desk.text('record-why')));
  await shoot(desk, 'recorded');
  let row;
  const known = await desk.becomes(async () => {
    const page = await desk.get('/api/v1/calls');
    row = page.items?.find((item) => item.id === call.id);
    return row?.case_ref === ref;
  }, soonMs);
  check('REST has the call with that reference', known, JSON.stringify(row));
  check('answered by demo, within three rings', row?.agent === 'demo' && row?.outcome === 'answered' && row?.rings <= 3, JSON.stringify(row));
  const due = (await desk.get('/api/v1/unfinished')).items;
  check('the call is not among the unfinished', due?.every((item) => item.call !== call.id) === true, JSON.stringify(due));
}

async function walk(desk, demo) {
  await signIn(desk, demo);
  const call = await answerOne(desk);
  must('a call rings here, F2 answers it, and the phone picks up', call !== null, await desk.text('failure'));
  check('the pips say which of three rings', call.of === 3 && call.ring >= 1 && call.ring <= 3, `${call.ring}/${call.of}`);
  check('the caller is named, or said to be new', call.name !== '', call.name);
  check('the number is grouped, or said to be withheld', numberOrWord.test(call.number), call.number);
  check('the tab tells the ring', /^\([1-3]\/3\) /.test(call.title), call.title);
  await talk(desk, call);
  await hold(desk);
  await hangUp(desk);
  await writeRecord(desk);
  await recorded(desk, call);
  check('the page had no error of its own', desk.pageErrors.length === 0, desk.pageErrors.join('; '));
}

async function main() {
  const binary = process.env.KRINGD ?? fileURLToPath(new URL('../../target/release/kringd', import.meta.url));
  const demo = await startDemo(binary, 120);
  process.once('exit', demo.kill);
  let browser;
  let late;
  try {
    browser = await openBrowser();
    const desk = await Desk.open(browser, demo.url);
    const bound = new Promise((_, reject) => {
      late = setTimeout(() => reject(new Error(`not done in ${boundMs / 1000} s`)), boundMs - performance.now());
    });
    try {
      await Promise.race([walk(desk, demo), bound]);
    } catch (failure) {
      if (!failure.message.startsWith('cannot go on')) check(failure.message.split('\n')[0], false);
      await shoot(desk, 'failed');
      if (demo.complaints()) console.log(demo.complaints());
    }
  } finally {
    clearTimeout(late);
    await browser?.close();
    await demo.end();
  }
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
