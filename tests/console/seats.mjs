#!/usr/bin/env node
// One seat an agent: a second sign-in takes over, in a call only when asked to, and the first page says so.
// Usage: node tests/console/seats.mjs [--shots DIR]. KRINGD: the binary; CHROMIUM: the browser.
// Exit code 0 when every check passed, 1 when one failed, 2 when the test could not begin.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startDemo } from './daemon.mjs';
import { Desk, openBrowser } from './desk.mjs';

const soonMs = 8_000;
/** Every few seconds a citizen calls, and two robots are at their desks too. */
const callWithinMs = 60_000;

const { values: options } = parseArgs({ options: { shots: { type: 'string' } } });
if (options.shots) mkdirSync(options.shots, { recursive: true });

let passed = 0;
let failed = 0;

function check(what, met, found = '') {
  met ? (passed += 1) : (failed += 1);
  console.log(met ? 'ok  ' : 'FAIL', what, met || found === '' ? '' : `(found: ${found})`);
  return met;
}

async function shoot(desk, name) {
  if (options.shots) await desk.page.screenshot({ path: join(options.shots, `${name}.png`) });
}

async function fillIn(desk, demo) {
  await desk.page.locator('#login').fill(demo.login, { timeout: soonMs });
  await desk.page.locator('#password').fill(demo.password);
  await desk.page.keyboard.press('Enter');
}

/** A page signs in while another one of the same person is idle: the other is closed, and says why. */
async function idleSeat(first, second, demo) {
  await fillIn(first, demo);
  check('the first page is signed in', await first.shows('call-bar', soonMs));
  await fillIn(second, demo);
  check('the second page is signed in without a question', await second.shows('call-bar', soonMs));
  check('the first page says that it was replaced', await first.shows('session-ended', soonMs));
  const why = await first.at('session-ended').getAttribute('data-why');
  check('and by what', why === 'replaced', why);
  await shoot(first, 'seat-replaced');
}

/** The same while a call is on the screen: the person is asked first. */
async function seatInCall(first, second, demo) {
  await second.at('go-ready').click({ timeout: soonMs });
  check('a call rings at the second page', (await second.comesTo(['ringing'], callWithinMs)) !== null);
  await second.page.keyboard.press('F2');
  const phase = await second.comesTo(['talking'], soonMs);
  if (!check('and is answered there', phase === 'talking')) return;
  const call = await second.call();
  await fillIn(first, demo);
  check('the first page asks before it takes the call', await first.shows('take-over', soonMs));
  await shoot(first, 'seat-question');
  check('and the call stays where it is', (await second.call()) === call);
  await first.at('take-over-yes').click({ timeout: soonMs });
  const gone = first.at('sign-in-over').waitFor({ state: 'detached', timeout: soonMs });
  check('asked for, it comes to the first page', await first.met(gone));
  check('with its call', await first.becomes(async () => (await first.call()) === call, soonMs), await first.call());
  check('the second page says that it was replaced', await second.shows('session-ended', soonMs));
}

async function main() {
  const binary = process.env.KRINGD ?? fileURLToPath(new URL('../../target/release/kringd', import.meta.url));
  const demo = await startDemo(binary, 150);
  process.once('exit', demo.kill);
  let browser;
  try {
    browser = await openBrowser();
    const [first, second] = [await Desk.open(browser, demo.url), await Desk.open(browser, demo.url)];
    try {
      await idleSeat(first, second, demo);
      await seatInCall(first, second, demo);
    } catch (failure) {
      check(failure.message.split('\n')[0], false);
      await shoot(first, 'failed-first');
      await shoot(second, 'failed-second');
    }
    const errors = [...first.pageErrors, ...second.pageErrors];
    check('the pages had no error of their own', errors.length === 0, errors.join('; '));
  } finally {
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
