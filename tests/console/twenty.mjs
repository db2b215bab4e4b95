#!/usr/bin/env node
// Twenty browsers at once, each the telephone of an agent with a voice of its own: each answers a call, each citizen
// hears its agent and nobody else, and each page its citizen. How long it takes from F2 to sound, both ways.
// Usage: node tests/console/twenty.mjs [--pages N] [--rounds N]. KRINGD: the binary; CHROMIUM: the browser.
// Exit code 0 when every check passed, 1 when one failed, 2 when the test could not begin.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Desk, openBrowser } from './desk.mjs';
import { ear } from './ear.mjs';
import { openVoiceHouse } from './voice_house.mjs';

const soonMs = 30_000;
const callWithinMs = 20_000;
/** The goal, ms: of answering to sound, for ninety-five of a hundred. */
const p95Ms = 300;
/** Voices stand so far apart, Hz: those of agents from 1,200, those of citizens from 400. */
const apartHz = 30;
const agentHz = (i) => 1_200 + apartHz * i;
const citizenHz = (i) => 400 + apartHz * i;
const nearHz = 14;
const password = 'ดาวอังคาร กินกล้วย บนหลังช้าง';

const { values: options } = parseArgs({ options: { pages: { type: 'string', default: '20' }, rounds: { type: 'string', default: '2' } } });
const pages = Number(options.pages);
let passed = 0;
let failed = 0;

function check(what, met, found = '') {
  met ? (passed += 1) : (failed += 1);
  console.log(met ? 'ok  ' : 'FAIL', what, met || found === '' ? '' : `(found: ${found})`);
  return met;
}

/** In the page: the microphone is a tone. */
function speaks(hz) {
  navigator.mediaDevices.getUserMedia = async () => {
    const context = new AudioContext({ sinkId: { type: 'none' } });
    await context.resume();
    const [tone, level, out] = [context.createOscillator(), context.createGain(), context.createMediaStreamDestination()];
    tone.frequency.value = hz;
    level.gain.value = 0.3;
    tone.connect(level).connect(out);
    tone.start();
    return out.stream;
  };
}

async function open(browser, url, i) {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'th-TH', permissions: ['microphone'] });
  await context.addInitScript(ear);
  await context.addInitScript(speaks, agentHz(i));
  const desk = new Desk(await context.newPage());
  desk.i = i;
  await desk.page.goto(url);
  await desk.page.locator('#login').fill(`agent${i}`, { timeout: soonMs });
  await desk.page.locator('#password').fill(password);
  await desk.page.keyboard.press('Enter');
  await desk.page.locator('[data-light="device"][data-tone="good"]').waitFor({ timeout: soonMs });
  desk.openedMs = Number(/(\d+) ms/.exec(await desk.page.locator('[data-light="device"]').textContent())?.[1]);
  await desk.at('test-ring').click();
  await desk.page.locator('[data-testid="go-ready"]:not(:disabled)').click({ timeout: soonMs });
  await desk.comesTo(['ready'], soonMs);
  return desk;
}

/** Answers what rings here; which citizen it is, and how long it took. */
async function answer(desk, calls) {
  if (!(await desk.comesTo(['ringing'], callWithinMs))) return null;
  const digits = (await desk.text('caller-number')).replace(/\D/g, '');
  const call = calls.find(({ number }) => number === digits);
  if (!call) return null;
  call.voice.await(agentHz(desk.i));
  await desk.page.evaluate(() => globalThis.kringEar.timeAnswer());
  const pressed = performance.now();
  await desk.page.keyboard.press('F2');
  if ((await desk.comesTo(['talking'], soonMs)) === null) return null;
  const inPage = () => desk.page.evaluate(() => globalThis.kringEar.waits.took);
  await desk.becomes(async () => (await inPage()) !== null && call.voice.firstHeard.has(agentHz(desk.i)), soonMs);
  return { desk, call, inPage: await inPage(), atCaller: call.voice.firstHeard.get(agentHz(desk.i)) - pressed };
}

async function hearsOnly(pair) {
  const { desk, call } = pair;
  const heard = await desk.page.evaluate(() => globalThis.kringEar.now());
  const own = Math.abs(heard.hz - call.hz) < nearHz && heard.level > 0.02;
  const others = Array.from({ length: pages }, (_, i) => i).filter((i) => i !== desk.i && call.voice.hears(agentHz(i)));
  return { own, there: call.voice.hears(agentHz(desk.i)), others };
}

async function round(desks, pbx, n) {
  const calls = [];
  const answers = desks.map((desk) => answer(desk, calls));
  for (let i = 0; i < desks.length; i += 1) {
    const number = `08${n}${String(1_000_000 + i).slice(-7)}`;
    const call = await pbx.dial(number, '1203', citizenHz(i));
    call.hz = citizenHz(i);
    calls.push(call);
    await new Promise((done) => setTimeout(done, 150));
  }
  const pairs = (await Promise.all(answers)).filter(Boolean);
  check(`round ${n}: ${desks.length} of ${desks.length} pages answered`, pairs.length === desks.length, pairs.length);
  await new Promise((done) => setTimeout(done, 2_500));
  const heard = await Promise.all(pairs.map(hearsOnly));
  check(`round ${n}: each page hears its citizen`, heard.every(({ own }) => own), heard.filter(({ own }) => !own).length);
  check(`round ${n}: each citizen hears its agent`, heard.every(({ there }) => there), heard.filter(({ there }) => !there).length);
  check(`round ${n}: and nobody hears another's`, heard.every(({ others }) => others.length === 0), JSON.stringify(heard.flatMap(({ others }) => others)));
  const expected = pairs.map(({ call }) => (performance.now() - call.answeredAt) / 20);
  const missing = pairs.map(({ call }, i) => 1 - call.voice.packets / expected[i]);
  console.log(`     packets that did not come to citizens: ${(100 * Math.max(0, Math.max(...missing))).toFixed(1)} % at most`);
  for (const { desk, call } of pairs) {
    pbx.hangUp(call);
    await desk.comesTo(['wrapup'], soonMs);
    await desk.at('finish-later').click({ timeout: soonMs });
    await desk.comesTo(['ready'], soonMs);
  }
  return pairs;
}

const at = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)];
const tell = (what, values) => console.log(`     ${what}: p50 ${Math.round(at(values, 0.5))} ms, p95 ${Math.round(at(values, 0.95))} ms, most ${Math.round(Math.max(...values))} ms, of ${values.length}`);
/** CPU of the daemon so far, s. */
const cpuS = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

async function main() {
  const binary = process.env.KRINGD ?? fileURLToPath(new URL('../../target/release/kringd', import.meta.url));
  const agents = Array.from({ length: pages }, (_, i) => ({ login: `agent${i}` }));
  const house = await openVoiceHouse(binary, agents, password);
  process.once('exit', () => house.end());
  let browser;
  try {
    browser = await openBrowser();
    const desks = [];
    for (let i = 0; i < pages; i += 1) desks.push(await open(browser, house.url, i));
    tell('from the offer of a line until it is open', desks.map(({ openedMs }) => openedMs));
    const [began, cpu] = [performance.now(), cpuS(house.pid())];
    const pairs = [];
    for (let n = 1; n <= Number(options.rounds); n += 1) pairs.push(...(await round(desks, house.pbx, n)));
    const share = (cpuS(house.pid()) - cpu) / ((performance.now() - began) / 1_000);
    console.log(`     the daemon took ${(100 * share).toFixed(0)} % of a core meanwhile`);
    const [there, here] = [pairs.map(({ atCaller }) => atCaller), pairs.map(({ inPage }) => inPage)];
    tell("from F2 to the caller's voice in the page", here);
    tell("from F2 to the agent's voice at the caller", there);
    check(`from F2 to sound both ways, p95 under ${p95Ms} ms`, at(here, 0.95) < p95Ms && at(there, 0.95) < p95Ms);
    const errors = desks.flatMap(({ pageErrors }) => pageErrors);
    check('no page had an error', errors.length === 0, errors.slice(0, 3).join('; '));
  } finally {
    await browser?.close();
    house.end();
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
