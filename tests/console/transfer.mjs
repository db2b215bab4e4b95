#!/usr/bin/env node
// Transfers and consults by the keyboard: a citizen goes to an officer, comes back from a busy one, and is
// handed over after the officer was asked. A real daemon, a real browser, officers at the demo's PBX.
// Usage: node tests/console/transfer.mjs [--shots DIR]. KRINGD: the binary; CHROMIUM: the browser.
// Exit code 0 when every check passed, 1 when one failed, 2 when the test could not begin.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startDemo } from './daemon.mjs';
import { Desk, openBrowser } from './desk.mjs';

const boundMs = 200_000;
const soonMs = 8_000;
/** An officer lets it ring for two seconds. */
const officerMs = 12_000;
/** Every few seconds a citizen calls, and two robots are at their desks too. */
const callWithinMs = 60_000;
const callsMax = 8;
/** Officers of the demo. The first is still talking when the second call is sent there. */
const first = { short: 'DBD', extension: '2104', name: 'พัฒนาธุรกิจ' };
const second = { short: 'DIT', extension: '2201', name: 'การค้าภายใน' };

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
  await desk.page.locator('#login').fill(demo.login, { timeout: soonMs });
  await desk.page.locator('#password').fill(demo.password);
  await desk.page.keyboard.press('Enter');
  must('the newcomer is signed in', await desk.shows('call-bar', soonMs));
  await desk.at('go-ready').click({ timeout: soonMs });
}

/** Answers the next call that rings here; calls that go by before are let go. */
async function answerOne(desk) {
  for (let calls = 1; calls <= callsMax; calls += 1) {
    const phase = await desk.comesTo(['ringing', 'paused'], callWithinMs);
    if (phase === 'paused') await desk.at('go-ready').click({ timeout: soonMs });
    if (phase !== 'ringing') continue;
    await desk.page.keyboard.press('F2');
    if ((await desk.comesTo(['talking', 'wrapup', 'ready', 'farewell', 'paused'], soonMs)) === 'talking') return desk.call();
    if (await desk.at('finish-later').isVisible()) await desk.at('finish-later').click();
  }
  return null;
}

/** Opens the panel by its key, types, and waits until the extension is the one that is chosen. */
async function lookFor(desk, key, typed, extension) {
  await desk.page.keyboard.press(key);
  const search = desk.at('transfer-search');
  must(`${key} opens the panel`, await desk.shows('transfer-search', soonMs));
  check('and the focus is in its search', await search.evaluate((field) => field === document.activeElement));
  await search.fill('');
  await desk.page.keyboard.type(typed);
  const chosen = desk.page.locator('[data-testid="place"][aria-selected="true"]', { hasText: extension });
  must(`typing ${typed} finds ${extension}`, await desk.met(chosen.waitFor({ timeout: soonMs })), await desk.text('place'));
}

async function cardIs(desk, kind, states, withinMs) {
  const wanted = states.map((state) => `[data-testid="transfer-card"][data-kind="${kind}"][data-state="${state}"]`).join(', ');
  return desk.met(desk.page.locator(wanted).waitFor({ timeout: withinMs }));
}

async function wrapUpHas(desk, unit) {
  must('the agent is free for the record', (await desk.comesTo(['wrapup'], officerMs)) !== null, await desk.text('transfer-line'));
  const field = desk.page.locator('#extension');
  const filled = await desk.becomes(async () => (await field.inputValue()) === unit.extension, soonMs);
  check(`the record has the extension ${unit.extension} of the transfer that happened`, filled, await field.inputValue());
  const department = await desk.page.locator('#department').inputValue();
  check('and its unit', department.includes(unit.name), department);
  const outcome = await desk.page.locator('[data-testid="resolution"] input:checked').getAttribute('value');
  check('and the outcome', outcome === 'transferred', outcome);
  check('the bar says where the caller is', (await desk.text('talked')).includes(unit.extension), await desk.text('talked'));
}

async function confirm(desk, call, unit) {
  const given = desk.page.locator('#given');
  if ((await given.count()) === 1 && (await given.inputValue()) === '') await given.fill('ทดสอบ');
  await desk.page.locator('#subject').fill('สอบถามเรื่องที่ต้องให้หน่วยงานตอบ');
  await desk.page.keyboard.press('Control+Enter');
  must('the record is confirmed', await desk.shows('recorded', soonMs), await desk.text('record-why'));
  const draft = await desk.get(`/api/v1/calls/${call}`);
  check('REST has the call with its case', typeof (draft.case_ref ?? draft.call?.case_ref) === 'string', JSON.stringify(draft).slice(0, 200));
  const events = await desk.get(`/api/v1/calls/${call}/events`);
  check(`and the journal its transfer to ${unit.extension}`, JSON.stringify(events).includes(unit.extension));
}

/** S5: the unit's officer answers, and the citizen is there. */
async function transferred(desk) {
  const call = await answerOne(desk);
  must('a call is answered', call !== null);
  await lookFor(desk, 'F7', '9999', '9999');
  await desk.page.keyboard.press('Enter');
  check('a number that nobody may dial is refused in words', await desk.shows('transfer-refused', soonMs));
  await lookFor(desk, 'F7', first.short, first.extension);
  await desk.page.locator('[name="transfer-reason"][value="in_depth"]').focus();
  await desk.page.keyboard.press('Space');
  await shoot(desk, 'transfer-search');
  await desk.at('transfer-search').focus();
  await desk.page.keyboard.press('Enter');
  must('progress is shown', await cardIs(desk, 'transfer', ['requested', 'trying', 'ringing'], soonMs), await desk.text('transfer-refused'));
  await desk.met(desk.page.locator('[data-testid="transfer-card"][data-state="ringing"]').waitFor({ timeout: 2_000 }));
  const said = await desk.text('live-polite');
  check('and said to a screen reader', said.includes(first.extension), said);
  await shoot(desk, 'transfer-rings');
  await wrapUpHas(desk, first);
  await shoot(desk, 'transfer-done');
  await confirm(desk, call, first);
}

/** The officer is busy with the first citizen: the second comes back, and nothing is lost. */
async function recalled(desk) {
  const call = await answerOne(desk);
  must('another call is answered', call !== null);
  await desk.page.locator('#subject').focus();
  await lookFor(desk, 'F7', first.extension, first.extension);
  await desk.page.keyboard.press('Enter');
  must('a busy officer sends the caller back, with a banner', await desk.shows('banner-recalled', officerMs), await desk.text('transfer-line'));
  check('the call is still the one that was talked to', (await desk.call()) === call && (await desk.comesTo(['talking'], soonMs)) !== null);
  await shoot(desk, 'transfer-recalled');
  return call;
}

/** S4: the officer is asked, all three talk, and the two go on alone. */
async function consulted(desk, call) {
  await lookFor(desk, 'Shift+F7', second.short, second.extension);
  await desk.page.keyboard.press('Enter');
  must('the officer is rung and answers', await cardIs(desk, 'consult', ['answered'], officerMs), await desk.text('transfer-refused'));
  await shoot(desk, 'consult-talks');
  for (const [turn, words] of [
    ['swap', 'คุยกับผู้โทร'],
    ['swap', 'คุยกับหน่วยงาน'],
    ['conference', 'คุยกันสามสาย'],
  ]) {
    const button = desk.page.locator(`[data-testid="consult-${turn}"]:not(:disabled)`);
    await button.focus({ timeout: soonMs });
    await desk.page.keyboard.press('Enter');
    const turned = await desk.becomes(async () => (await desk.text('transfer-line')).includes(words), soonMs);
    check(`${turn}: ${words}`, turned, await desk.text('transfer-line'));
  }
  await shoot(desk, 'consult-three');
  await desk.page.reload();
  must('a reload in the middle leaves the call', (await desk.comesTo(['talking'], soonMs)) === 'talking');
  await lookAgain(desk);
  await wrapUpHas(desk, second);
  await confirm(desk, call, second);
}

/** The snapshot tells of no transfer; asking for another is refused, and the next frame brings the card back. */
async function lookAgain(desk) {
  const call = await desk.call();
  const refused = await desk.post(`/api/v1/calls/${call}/transfer`, { extension: first.extension });
  check('a second transfer is refused while one is on its way', refused === 423, refused);
  await desk.post(`/api/v1/calls/${call}/consult/swap`, {});
  check('the next frame brings the card back', await desk.shows('transfer-card', soonMs));
  check('with the unit, read by its id', await desk.becomes(async () => (await desk.text('transfer-to')) === second.extension, soonMs));
  const complete = desk.page.locator('[data-testid="consult-complete"]:not(:disabled)');
  await complete.focus({ timeout: soonMs });
  await desk.page.keyboard.press('Enter');
}

async function walk(desk, demo) {
  await signIn(desk, demo);
  await transferred(desk);
  await desk.at('go-ready').click({ timeout: 1_000 }).catch(() => undefined);
  await consulted(desk, await recalled(desk));
  check('the page had no error of its own', desk.pageErrors.length === 0, desk.pageErrors.join('; '));
}

async function main() {
  const binary = process.env.KRINGD ?? fileURLToPath(new URL('../../target/release/kringd', import.meta.url));
  const demo = await startDemo(binary, boundMs / 1_000 + 10);
  process.once('exit', demo.kill);
  let browser;
  let late;
  try {
    browser = await openBrowser();
    const desk = await Desk.open(browser, demo.url);
    const bound = new Promise((_, reject) => {
      late = setTimeout(() => reject(new Error(`not done in ${boundMs / 1_000} s`)), boundMs);
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
