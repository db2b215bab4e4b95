#!/usr/bin/env node
// An agent's day: readiness, ready, citizens who are known and who are not, hold, an answer from the knowledge, a consult,
// a transfer that comes back, a complaint, a tip, follow-ups, a pause and the way out. A real daemon and browser.
// Usage: node tests/console/agent_day.mjs [--shots DIR]. KRINGD: the binary; CHROMIUM: the browser.
// Exit code 0 when every check passed, 1 when one failed, 2 when the test could not begin.

import { live, soonMs } from './day.mjs';

const boundMs = 240_000;
/** Every few seconds a citizen calls, and two robots are at their desks too. */
const callWithinMs = 60_000;
const callsMax = 8;
const officerMs = 14_000;
/** An officer of the demo. */
const unit = { short: 'DIT', extension: '2201', name: 'การค้าภายใน' };
const api = (path) => `/api/v1${path}`;
/** Tomorrow at half past ten, as the field has it. */
const tomorrow = `${new Date(Date.now() + 31 * 3_600_000).toISOString().slice(0, 10)}T10:30`;

async function readiness(day, desk) {
  day.must('the lights are shown before the first call', await desk.shows('readiness', soonMs));
  const tone = (light) => desk.page.locator(`[data-light="${light}"]`).getAttribute('data-tone');
  for (const light of ['device', 'exchange', 'screen', 'pbx']) {
    day.check(`${light} is green`, await desk.becomes(async () => (await tone(light)) === 'good', soonMs), await tone(light));
  }
  day.check('nobody is asked for a microphone', (await desk.page.locator('[data-light="microphone"]').count()) === 0);
  await desk.at('test-ring').click();
  day.check('a test ring turns the sound green', await desk.becomes(async () => (await tone('sound')) === 'good', soonMs), await tone('sound'));
  await day.shoot(desk, 'readiness');
  // A page that is loaded anew may not sound until somebody has pressed something.
  await desk.page.reload();
  day.must('after a reload the lights are there again', await desk.shows('readiness', soonMs));
  const ready = desk.at('go-ready');
  day.check('the sound is to be tested again', await desk.becomes(async () => (await tone('sound')) === 'untested', soonMs), await tone('sound'));
  // Some browsers let a page sound that did before it was loaded anew.
  if (await desk.becomes(() => ready.isDisabled(), 1_000)) {
    day.check('a locked sound keeps ready off, with the reason in words', (await desk.text('hint')).includes('เสียงเรียก'), await desk.text('hint'));
  }
  await desk.at('test-ring').click();
  day.must('the test ring unlocks it', await desk.becomes(() => ready.isEnabled(), soonMs), await desk.text('hint'));
  await desk.page.keyboard.press('Control+Enter');
  day.must('Ctrl+Enter is ready', (await desk.comesTo(['ready', 'ringing'], soonMs)) !== null, await desk.text('failure'));
}

/** What the pop says of a call that rings here, compared with what REST knows of the number. */
async function popped(day, desk, call, seen) {
  const row = await desk.get(api(`/calls/${call}`));
  if (!row.number || row.number.class === 'anon') return;
  const card = await desk.get(api(`/contacts/lookup?number=${encodeURIComponent(row.number.canonical)}`));
  const name = await desk.text('caller-name');
  if (!name) return;
  if (card.contact) day.check('a known caller is named', name.includes(card.contact.given), name);
  else if (card.candidates.length === 0) day.check('a new caller is said to be new', name.includes('รายใหม่'), name);
  if (card.contact) seen.add('known');
  else if (card.candidates.length === 0) seen.add('new');
}

/** Answers the next call that rings here; those that go by are let go. */
async function answerOne(day, desk, seen) {
  for (let calls = 1; calls <= callsMax; calls += 1) {
    const phase = await desk.comesTo(['ringing', 'paused'], callWithinMs);
    if (phase === 'paused') await desk.at('go-ready').click({ timeout: soonMs });
    if (phase !== 'ringing') continue;
    const call = await desk.call();
    await desk.page.keyboard.press('F2');
    if (call) await popped(day, desk, call, seen);
    if ((await desk.comesTo(['talking', 'wrapup', 'ready', 'farewell', 'paused'], soonMs)) === 'talking') return desk.call();
    if (await desk.at('finish-later').isVisible()) await desk.at('finish-later').click();
  }
  throw new Error('cannot go on: no call was answered');
}

const held = async (desk) => (await desk.text('talk-state')).includes('พักสายอยู่');

async function hold(day, desk) {
  await desk.page.keyboard.press('F4');
  day.check('F4 holds', await desk.becomes(() => held(desk), soonMs), await desk.text('failure'));
  await desk.page.keyboard.press('F4');
  day.check('and once more talks on', await desk.becomes(async () => !(await held(desk)), soonMs), await desk.text('failure'));
}

/** An answer from the knowledge, found and read by the keyboard, and attached; and a question that nothing answers. */
async function knowledge(day, desk, call) {
  const focused = (name) => desk.page.evaluate((wanted) => document.activeElement?.dataset.testid === wanted, name);
  await desk.page.keyboard.press('Alt+2');
  day.must('Alt+2 goes to the knowledge', await desk.becomes(() => focused('answers-search'), soonMs));
  await desk.page.keyboard.type('จดทะเบียนพาณิชย์');
  day.must('something is found', await desk.met(desk.page.locator('[data-testid="answer-hit"] mark').first().waitFor({ timeout: soonMs })));
  await desk.page.keyboard.press('ArrowDown');
  await desk.page.keyboard.press('Enter');
  day.check('it is read in place', await desk.shows('answer-reading', soonMs));
  await day.shoot(desk, 'knowledge-reading');
  await desk.at('answer-reading').getByTestId('attach').click({ timeout: soonMs });
  day.check('and attached', await desk.shows('attached', soonMs), await desk.text('answers'));
  const stored = await desk.get(api(`/calls/${call}/knowledge`));
  day.check('which REST knows', stored.items?.length === 1, JSON.stringify(stored).slice(0, 200));
  await desk.page.keyboard.press('Escape');
  await desk.at('answers-search').fill('ค่าปรับของเรื่องที่ไม่มีใครเขียนไว้');
  await desk.at('note-gap').click({ timeout: soonMs });
  day.check('what was not found is noted', await desk.shows('gap-noted', soonMs), await desk.text('answers'));
  return stored.items?.[0]?.source.id;
}

async function hangUp(day, desk) {
  if ((await desk.comesTo(['talking', 'wrapup'], soonMs)) === 'talking') await desk.page.keyboard.press('F9');
  day.must('the call is over, and its record is due', (await desk.comesTo(['wrapup'], officerMs)) !== null, await desk.at('call-bar').getAttribute('data-phase'));
}

async function chooseUnit(desk) {
  const field = desk.page.locator('#department');
  if ((await field.inputValue()).includes(unit.name)) return;
  await field.focus();
  await desk.page.keyboard.type(unit.name);
  await desk.met(desk.page.locator('[role="option"]').first().waitFor({ timeout: soonMs }));
  await desk.page.keyboard.press('Enter');
}

async function pick(desk, group, value) {
  await desk.page.locator(`[data-testid="${group}"] input[value="${value}"]`).focus({ timeout: soonMs });
  await desk.page.keyboard.press('Space');
}

/** The person of the record: the known one, the first of several, or a name that is typed. */
async function named(desk) {
  const chooser = desk.page.locator('[data-testid="person-chooser"] input').first();
  if (await chooser.count()) return void (await chooser.check({ force: true }));
  const given = desk.page.locator('#given');
  if ((await given.count()) === 1 && (await given.inputValue()) === '') await given.fill('ทดสอบ');
}

async function confirm(day, desk) {
  await desk.page.keyboard.press('Control+Enter');
  day.must('the record is confirmed', await desk.shows('recorded', soonMs), await desk.text('record-why'));
  const words = await desk.text('recorded');
  const ref = /[A-Z]{2,}-\d{4}-\d+(-\d)?/.exec(words)?.[0];
  day.must('with a reference', ref !== undefined, words);
  return { words, made: await desk.get(api(`/cases/by-ref/${ref}`)) };
}

/** The first call: held, answered from the knowledge, a complaint with a follow-up. */
async function complaint(day, desk, seen) {
  const call = await answerOne(day, desk, seen);
  await hold(day, desk);
  const source = await knowledge(day, desk, call);
  const events = JSON.stringify(await desk.get(api(`/calls/${call}/events`)));
  day.check('the ring of the page was heard', /audible/i.test(events), events.slice(0, 300));
  await named(desk);
  await desk.page.locator('#subject').fill('ร้านค้าไม่ปิดป้ายราคา');
  await pick(desk, 'kind', 'complaint');
  await desk.page.locator('#fields-respondent').fill('ร้านโชคดี');
  await desk.page.locator('#fields-happened_on').fill('20/11/2569');
  await desk.page.locator('#fields-wish').fill('ขอให้ตรวจสอบ');
  await chooseUnit(desk);
  await pick(desk, 'resolution', 'follow_up');
  await desk.page.locator('#plan-due').fill(tomorrow);
  await desk.page.locator('#plan-channel').fill('โทรศัพท์');
  await desk.page.locator('#plan-note').fill('แจ้งผลการตรวจ');
  const told = desk.at('notice-told');
  const due = (await told.count()) === 1;
  if (due) {
    await desk.at('notice-read').click();
    day.check('the notice can be read out', await desk.met(desk.page.locator('#notice-text').getByText('ศูนย์บริการเก็บ').waitFor({ timeout: soonMs })));
    await told.check();
  }
  const top = await desk.at('call-bar').evaluate((bar) => Math.round(bar.getBoundingClientRect().top));
  day.check('the call bar has not moved', top === 42, `${top} px`);
  await day.shoot(desk, 'complaint');
  await hangUp(day, desk);
  const { words, made } = await confirm(day, desk);
  day.check('the complaint has its fields', made.kind === 'complaint' && made.fields?.respondent === 'ร้านโชคดี' && made.fields?.happened_on === '2026-11-20', JSON.stringify(made.fields));
  const plans = await desk.get(api(`/cases/${made.id}/follow-ups`));
  day.check('the follow-up is planned', words.includes('นัดติดต่อกลับ') && plans.items?.[0]?.what === 'โทรศัพท์ · แจ้งผลการตรวจ', JSON.stringify(plans).slice(0, 300));
  const attached = await desk.get(api(`/cases/${made.id}/knowledge`));
  day.check('the case has what answered it', attached.items?.some((one) => one.source.id === source), JSON.stringify(attached).slice(0, 200));
  if (due && made.contact_id) {
    const consents = await desk.get(api(`/contacts/${made.contact_id}/consents`));
    day.check('and that the notice was read out', consents.notice_due === false, JSON.stringify(consents).slice(0, 200));
  }
  await afterwards(day, desk, made);
}

/** A video consultation, booked while the case is still in mind. */
async function afterwards(day, desk, made) {
  await desk.at('after-video').click({ timeout: soonMs });
  await desk.page.locator('#video-officer').fill('เจ้าหน้าที่ทดสอบ');
  await desk.page.locator('#video-slot').fill(tomorrow);
  await desk.page.locator('#video-channel').fill('LINE @test');
  await desk.at('video-go').click();
  day.check('a video consultation is booked', await desk.shows('appointment-made', soonMs), await desk.text('after-call'));
  const sessions = await desk.get(api(`/cases/${made.id}/video-sessions`));
  day.check('which REST knows', sessions.items?.[0]?.channel === 'LINE @test', JSON.stringify(sessions).slice(0, 200));
  await day.shoot(desk, 'after-call');
}

async function lookFor(day, desk, key) {
  await desk.page.keyboard.press(key);
  day.must(`${key} opens the panel`, await desk.shows('transfer-search', soonMs));
  await desk.at('transfer-search').fill(unit.extension);
  const chosen = desk.page.locator('[data-testid="place"][aria-selected="true"]', { hasText: unit.extension });
  day.must(`${unit.extension} is found`, await desk.met(chosen.waitFor({ timeout: soonMs })));
  await desk.page.keyboard.press('Enter');
}

/** The second call: an officer is asked, and gets the caller. */
async function consulted(day, desk, seen) {
  await answerOne(day, desk, seen);
  await named(desk);
  await desk.page.locator('#subject').fill('ขอปรึกษาเรื่องราคาสินค้า');
  await lookFor(day, desk, 'Shift+F7');
  const talks = desk.page.locator('[data-testid="transfer-card"][data-kind="consult"][data-state="answered"]');
  day.must('the officer answers', await desk.met(talks.waitFor({ timeout: officerMs })), await desk.text('transfer-refused'));
  await desk.at('consult-complete').click({ timeout: soonMs });
  day.must('and has the caller', (await desk.comesTo(['wrapup'], officerMs)) !== null);
  day.check('the extension fills itself', await desk.becomes(async () => (await desk.page.locator('#extension').inputValue()) === unit.extension, soonMs));
  const { made } = await confirm(day, desk);
  day.check('the case says that it was transferred', made.resolution === 'transferred' && made.extension === unit.extension, JSON.stringify(made).slice(0, 200));
}

/** The third: sent to the busy officer, back again, and a tip without a name. */
async function tip(day, desk, seen) {
  await answerOne(day, desk, seen);
  await lookFor(day, desk, 'F7');
  day.must('a busy officer sends the caller back', await desk.shows('banner-recalled', officerMs), await desk.text('transfer-line'));
  await desk.page.keyboard.press('Escape');
  await pick(desk, 'kind', 'tip');
  await desk.page.locator('#subject').fill('ขายสินค้าเกินราคาควบคุม');
  await desk.page.locator('#fields-what').fill('ขายเกินราคาทุกเย็น');
  await desk.at('anonymous-switch').check();
  day.check('the fields for the name go away', (await desk.page.locator('#given').count()) === 0 && (await desk.at('known-name').count()) === 0);
  await day.shoot(desk, 'tip');
  await pick(desk, 'resolution', 'referred');
  await hangUp(day, desk);
  const { made } = await confirm(day, desk);
  day.check('the tip is nobody’s', made.kind === 'tip' && made.contact_id == null, JSON.stringify(made).slice(0, 300));
}

/** Until a caller who is known and one who is not have been met; who called in vain is recorded as such. */
async function bothKinds(day, desk, seen) {
  for (let calls = 0; calls < callsMax && seen.size < 2; calls += 1) {
    if (await desk.at('finish-later').isVisible()) await desk.at('finish-later').click();
    await answerOne(day, desk, seen);
    await hangUp(day, desk);
    await desk.at('no-case').click({ timeout: soonMs });
    await desk.page.locator('[data-item="dropped"]').click({ timeout: soonMs });
    if (await desk.at('ask').getByTestId('ask-yes').isVisible()) await desk.at('ask-yes').click();
    day.check('a call without a matter is closed as one', await desk.shows('recorded', soonMs), await desk.text('record-why'));
  }
  day.check('a new and a returning caller were met', seen.size === 2, [...seen].join(', '));
}

async function wayOut(day, desk) {
  if (await desk.at('finish-later').isVisible()) await desk.at('finish-later').click();
  await desk.at('presence').click({ timeout: soonMs });
  await desk.page.locator('[data-item^="paused "]').first().click({ timeout: soonMs });
  day.check('a pause by the menu', (await desk.comesTo(['paused'], officerMs)) !== null, await desk.text('failure'));
  const waiting = (await desk.get(api('/unfinished'))).items ?? [];
  day.check('nothing is owed', waiting.every((row) => row.draft === null), JSON.stringify(waiting).slice(0, 200));
  await desk.page.getByRole('button', { name: 'ออกจากระบบ' }).click();
  day.check('the way out leads to the sign-in', await desk.met(desk.page.locator('#login').waitFor({ timeout: soonMs })));
  const left = await desk.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('kring.draft')));
  day.check('and nothing typed stays on this computer', left.length === 0, left.join(' '));
}

await live(async (day) => {
  const desk = await day.as(day.demo.login);
  const seen = new Set();
  await readiness(day, desk);
  await complaint(day, desk, seen);
  await consulted(day, desk, seen);
  await tip(day, desk, seen);
  await bothKinds(day, desk, seen);
  await wayOut(day, desk);
}, boundMs);
