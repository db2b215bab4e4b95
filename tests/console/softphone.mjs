#!/usr/bin/env node
// The telephone in the page: real SIP and RTP at one end, a real browser with a microphone of a known tone at the other,
// and what is heard is measured at both ends. Answer, mute, hold, keys, reload, a cut socket, a second tab, both
// transfers, a daemon that is killed, and a microphone that is refused.
// Usage: node tests/console/softphone.mjs [--shots DIR]. KRINGD: the binary; CHROMIUM: the browser.
// Exit code 0 when every check passed, 1 when one failed, 2 when the test could not begin.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Desk, openBrowser } from './desk.mjs';
import { ear } from './ear.mjs';
import { openLine } from './house.mjs';
import { writeTone } from './tone.mjs';
import { openVoiceHouse } from './voice_house.mjs';

const boundMs = 170_000;
const soonMs = 10_000;
/** What the page promises after a reload in a call; a busy machine gets as much again. */
const backWithinMs = 2_000;
const graceMs = 2_000;
/** Voices, Hz: of the agent's microphone, of citizens, of officers. */
const agentHz = 440;
const citizenHz = 620;
const secondHz = 700;
const officerHz = 330;
const otherHz = 520;
/** How wide a tone stands in the page's spectrum. */
const nearHz = 15;
const password = 'ดาวอังคาร กินกล้วย บนหลังช้าง';

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

const pageHears = async (desk) => desk.page.evaluate(() => globalThis.kringEar.now());
const toneIs = (desk, hz) => async () => {
  const heard = await pageHears(desk);
  return heard.level > 0.02 && Math.abs(heard.hz - hz) < nearHz;
};
const connections = (desk) => desk.page.evaluate(() => globalThis.kringEar.connections);

/** Both ends: the citizen hears the agent's microphone, and the page hears the citizen. */
async function bothHear(desk, call, hz, what) {
  check(`${what}: the caller hears the agent's ${agentHz} Hz`, await desk.becomes(() => call.voice.hears(agentHz), soonMs), `loudness ${Math.round(call.voice.loudness)}`);
  check(`${what}: the page hears the caller's ${hz} Hz`, await desk.becomes(toneIs(desk, hz), soonMs), JSON.stringify(await pageHears(desk)));
}

async function openDesk(browser, url, granted) {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'th-TH', timezoneId: 'Asia/Bangkok', permissions: granted ? ['microphone'] : [] });
  await context.addInitScript(ear);
  const desk = new Desk(await context.newPage());
  await desk.page.goto(url);
  return desk;
}

async function signIn(desk, login) {
  await desk.page.locator('#login').fill(login, { timeout: soonMs });
  await desk.page.locator('#password').fill(password);
  await desk.page.keyboard.press('Enter');
  must(`${login} is signed in`, await desk.shows('call-bar', soonMs));
}

const light = (desk, name, tone) => desk.met(desk.page.locator(`[data-light="${name}"][data-tone="${tone}"]`).waitFor({ timeout: soonMs }));

async function getsReady(desk) {
  check('the microphone works', await light(desk, 'microphone', 'good'));
  must('the page is a telephone', await light(desk, 'device', 'good'), await desk.page.locator('[data-light="device"]').textContent());
  const moves = async () => Number(await desk.page.locator('[data-testid="level"]').first().getAttribute('data-level')) > 20;
  check('the level moves with the voice', await desk.becomes(moves, soonMs));
  await desk.at('test-ring').click();
  check('the ring was tried', await light(desk, 'sound', 'good'));
  await shoot(desk, 'softphone-lights');
  await desk.page.locator('[data-testid="go-ready"]:not(:disabled)').click({ timeout: soonMs });
  must('and ready is taken', (await desk.comesTo(['ready'], soonMs)) !== null, await desk.text('hint'));
}

/** A citizen calls, the page rings, F2 answers. */
async function answers(desk, pbx, number, hz) {
  const call = await pbx.dial(number, '1203', hz);
  must(`${number} rings in the page`, (await desk.comesTo(['ringing'], soonMs)) !== null, `${call.state} ${call.refused ?? ''}`);
  check('and is answered by the page, not by a handset', (await desk.at('answer').getAttribute('data-lift')) === 'false');
  call.voice.await(agentHz);
  await desk.page.evaluate(() => globalThis.kringEar.timeAnswer());
  const pressed = performance.now();
  await desk.page.keyboard.press('F2');
  must('F2 answers', (await desk.comesTo(['talking'], soonMs)) !== null, await desk.text('failure'));
  await desk.becomes(() => desk.page.evaluate(() => globalThis.kringEar.waits.took !== null), soonMs);
  const took = await desk.page.evaluate(() => globalThis.kringEar.waits.took);
  await desk.becomes(() => call.voice.firstHeard.has(agentHz), soonMs);
  const there = (call.voice.firstHeard.get(agentHz) ?? Infinity) - pressed;
  console.log(`     from F2 to the caller's voice in the page: ${Math.round(took)} ms; to the agent's voice at the caller: ${Math.round(there)} ms (the microphone pauses for 150 ms between words)`);
  return call;
}

async function ends(desk, pbx, call) {
  pbx.hangUp(call);
  await desk.comesTo(['wrapup'], soonMs);
  await desk.at('finish-later').click({ timeout: soonMs });
  await desk.comesTo(['ready'], soonMs);
}

async function mutes(desk, call) {
  await desk.page.keyboard.press('F6');
  check('F6 mutes', await desk.met(desk.page.locator('[data-testid="mute"][aria-pressed="true"]').waitFor({ timeout: soonMs })));
  const silent = async () => call.voice.loudness < 60;
  check('and the caller hears nothing more', await desk.becomes(silent, soonMs), Math.round(call.voice.loudness));
  await shoot(desk, 'softphone-muted');
  await desk.page.keyboard.press('F6');
  call.voice.forget();
  check('F6 again, and the caller hears the agent', await desk.becomes(() => call.voice.hears(agentHz), soonMs));
}

async function holds(desk, call) {
  await desk.page.keyboard.press('F4');
  await desk.page.locator('[data-testid="hold"][aria-pressed="true"]').waitFor({ timeout: soonMs });
  // What was on its way has arrived.
  await desk.page.waitForTimeout(400);
  call.voice.forget();
  await desk.page.waitForTimeout(1_200);
  check('on hold the caller hears music', call.voice.loudness > 100, Math.round(call.voice.loudness));
  check('and not the agent', !call.voice.hears(agentHz));
  check('and the page does not hear the caller', !(await toneIs(desk, citizenHz)()), JSON.stringify(await pageHears(desk)));
  await desk.page.keyboard.press('F4');
  await desk.page.locator('[data-testid="hold"][aria-pressed="false"]').waitFor({ timeout: soonMs });
  call.voice.forget();
  await bothHear(desk, call, citizenHz, 'after the hold');
}

async function keys(desk, call) {
  await desk.page.keyboard.press('F8');
  check('F8 opens the keypad', await desk.shows('keypad', soonMs));
  await desk.page.keyboard.type('15');
  await desk.page.locator('[data-key="#"]').click();
  check('the caller hears the keys 1, 5 and #', await desk.becomes(() => call.voice.keys === '15#', soonMs), call.voice.keys);
  await shoot(desk, 'softphone-keypad');
  await desk.page.keyboard.press('Escape');
  check('Escape closes it', await desk.met(desk.at('keypad').waitFor({ state: 'detached', timeout: soonMs })));
}

/** The page loads anew in the middle of the call: the server keeps the call, the sound comes back. */
async function reloads(desk, call) {
  const before = performance.now();
  await desk.page.reload({ waitUntil: 'commit' });
  call.voice.forget();
  call.voice.await(agentHz);
  const heard = async () => (await desk.page.evaluate(() => Boolean(globalThis.kringEar?.analyser))) && (await toneIs(desk, citizenHz)());
  const back = await desk.becomes(heard, soonMs);
  const took = performance.now() - before;
  console.log(`     from the reload to the caller's voice: ${Math.round(took)} ms`);
  check(`after a reload the caller is heard within ${backWithinMs} ms`, back && took <= backWithinMs + graceMs, `${Math.round(took)} ms`);
  await bothHear(desk, call, citizenHz, 'after the reload');
  check('the call is still on the screen', (await desk.comesTo(['talking'], soonMs)) !== null);
}

/** The socket is cut for a while: nobody hears anything of it. */
async function cuts(desk, call, line) {
  const made = await connections(desk);
  line.cut();
  check('a lost socket is said', await desk.shows('banner-lost', soonMs));
  check('with words for a telephone in the page', (await desk.text('banner-lost')).includes('ยังได้ยินกัน'), await desk.text('banner-lost'));
  call.voice.forget();
  await bothHear(desk, call, citizenHz, 'without a socket');
  await shoot(desk, 'softphone-socket-lost');
  line.mend();
  await desk.page.locator('[data-testid="link"][data-link="up"]').waitFor({ timeout: soonMs });
  call.voice.forget();
  await bothHear(desk, call, citizenHz, 'with the socket back');
  check('by the same connection', (await connections(desk)) === made, `${made}, then ${await connections(desk)}`);
}

/** Another tab takes the work over, and the sound with it. */
async function tabs(desk, call) {
  const second = new Desk(await desk.page.context().newPage());
  await second.page.goto(desk.page.url());
  must('a second tab only shows', await second.shows('banner-watching', soonMs));
  check('and is no telephone', (await connections(second)) === 0);
  const before = performance.now();
  await second.at('work-here').click();
  const back = await second.becomes(toneIs(second, citizenHz), soonMs);
  console.log(`     the sound was at the second tab after ${Math.round(performance.now() - before)} ms`);
  check('the second tab takes the sound over', back, JSON.stringify(await pageHears(second)));
  call.voice.forget();
  check('and the caller hears the agent there', await second.becomes(() => call.voice.hears(agentHz), soonMs));
  await second.page.close();
  const again = await desk.becomes(toneIs(desk, citizenHz), soonMs);
  check('it comes back when that tab is closed', again, JSON.stringify(await pageHears(desk)));
}

async function lookFor(desk, key, extension) {
  await desk.page.keyboard.press(key);
  await desk.at('transfer-search').waitFor({ timeout: soonMs });
  await desk.at('transfer-search').fill(extension);
  await desk.page.locator('[data-testid="place"][aria-selected="true"]', { hasText: extension }).waitFor({ timeout: soonMs });
  await desk.page.keyboard.press('Enter');
}

async function transfersBlind(desk, call) {
  await lookFor(desk, 'F7', '2104');
  check('blind: the caller hears the officer', await desk.becomes(() => call.voice.hears(officerHz), soonMs));
  check('and the agent is free for the record', (await desk.comesTo(['wrapup'], soonMs)) !== null, await desk.text('transfer-line'));
  await desk.page.waitForTimeout(300);
  call.voice.forget();
  await desk.page.waitForTimeout(1_200);
  check('and the agent is heard no more', !call.voice.hears(agentHz) && call.voice.hears(officerHz));
}

async function transfersAttended(desk, pbx, call) {
  await lookFor(desk, 'Shift+F7', '2201');
  check('attended: the page hears the officer', await desk.becomes(toneIs(desk, otherHz), soonMs), JSON.stringify(await pageHears(desk)));
  const officer = [...pbx.calls.values()].find((one) => one.number === '2201');
  check('and the officer hears the agent', await desk.becomes(() => officer.voice.hears(agentHz), soonMs));
  call.voice.forget();
  await desk.page.waitForTimeout(1_000);
  check('while the caller hears music, and neither of the two', call.voice.loudness > 100 && !call.voice.hears(agentHz) && !call.voice.hears(otherHz), Math.round(call.voice.loudness));
  await desk.page.locator('[data-testid="consult-complete"]:not(:disabled)').click({ timeout: soonMs });
  check('handed over, the caller hears the officer', await desk.becomes(() => call.voice.hears(otherHz), soonMs));
  check('and the officer the caller', await desk.becomes(() => officer.voice.hears(secondHz), soonMs));
  must('the agent is free for the record', (await desk.comesTo(['wrapup'], soonMs)) !== null);
}

/** The daemon starts anew while the page is idle: it is a telephone again without a hand. */
async function restarts(desk, house) {
  const made = await connections(desk);
  await house.kill();
  await desk.shows('banner-lost', soonMs);
  await house.start();
  await desk.page.locator('[data-testid="link"][data-link="up"]').waitFor({ timeout: soonMs });
  const again = await desk.becomes(async () => (await connections(desk)) > made && !(await desk.at('banner-phone').isVisible()), soonMs);
  check('after a new start of the daemon the page connects anew', again);
}

async function refused(browser, house) {
  const desk = await openDesk(browser, house.url, false);
  await signIn(desk, 'refuser');
  const ask = desk.at('allow-microphone');
  if (await desk.met(ask.waitFor({ timeout: 2_000 }))) await ask.click();
  check('a microphone that is refused is said, with what to do', await light(desk, 'microphone', 'bad'), await desk.page.locator('[data-light="microphone"]').textContent());
  check('and ready cannot be pressed', await desk.at('go-ready').isDisabled());
  check('for which the reason is the microphone', (await desk.text('hint')).includes('ไมโครโฟน'), await desk.text('hint'));
  await shoot(desk, 'softphone-refused');
  check('the server knows that this phone cannot be rung', (await desk.get('/api/v1/me')).phone?.leg === 'none', JSON.stringify((await desk.get('/api/v1/me')).phone));
  check('no page had an error', desk.pageErrors.length === 0, desk.pageErrors.join('; '));
  await desk.page.context().close();
}

async function walk(browser, house, line) {
  const { pbx } = house;
  pbx.officer('2104', { hz: officerHz, afterMs: 600 });
  pbx.officer('2201', { hz: otherHz, afterMs: 600 });
  const desk = await openDesk(browser, line.url, true);
  await signIn(desk, 'somying');
  await getsReady(desk);
  const first = await answers(desk, pbx, '0812345670', citizenHz);
  await bothHear(desk, first, citizenHz, 'answered');
  await shoot(desk, 'softphone-talking');
  await mutes(desk, first);
  await keys(desk, first);
  await holds(desk, first);
  await reloads(desk, first);
  await cuts(desk, first, line);
  await tabs(desk, first);
  await transfersBlind(desk, first);
  await ends(desk, pbx, first);
  const second = await answers(desk, pbx, '0812345671', secondHz);
  await transfersAttended(desk, pbx, second);
  await ends(desk, pbx, second);
  await refused(browser, house);
  await restarts(desk, house);
  check('the page had no error of its own', desk.pageErrors.length === 0, desk.pageErrors.join('; '));
}

async function main() {
  const binary = process.env.KRINGD ?? fileURLToPath(new URL('../../target/release/kringd', import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), 'kring-voice-'));
  const file = join(folder, 'agent.wav');
  writeTone(file, agentHz);
  const house = await openVoiceHouse(binary, [{ login: 'somying' }, { login: 'refuser' }], password);
  process.once('exit', () => house.end());
  const line = await openLine(house.port);
  let browser;
  let late;
  try {
    browser = await openBrowser(['--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${file}`]);
    const bound = new Promise((_, reject) => {
      late = setTimeout(() => reject(new Error(`not done in ${boundMs / 1000} s`)), boundMs);
    });
    try {
      await Promise.race([walk(browser, house, line), bound]);
    } catch (failure) {
      if (!failure.message.startsWith('cannot go on')) check(failure.message.split('\n')[0], false);
      for (const [i, page] of browser.contexts().flatMap((context) => context.pages()).entries()) await shoot({ page }, `failed-${i}`);
      console.log(house.said.slice(-(Number(process.env.SAID) || 2_000)));
    }
  } finally {
    clearTimeout(late);
    await browser?.close();
    line.close();
    house.end();
    rmSync(folder, { recursive: true, force: true });
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
