#!/usr/bin/env node
// The first run: from an empty folder to a call that pops and rings, through the wizard as a person would. A real
// `kringd`, real browsers, and a PBX of one telephone.
// Usage: node tests/console/first_run.mjs [--shots DIR]. KRINGD: the binary; CHROMIUM: the browser.
// Exit code 0 when every check passed, 1 when one failed, 2 when the test could not begin.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { newHouse } from './daemon.mjs';
import { soonMs } from './day.mjs';
import { Desk, openBrowser } from './desk.mjs';
import { OnePhone } from './pbx.mjs';

const boundMs = 120_000;
const keeper = { login: 'admin', name: 'วิชัย ผู้ดูแล', password: 'ช้างกินกล้วยบนดาวอังคาร' };
const agent = { login: 'malee', name: 'มาลี ใจดี', extension: '5021', password: 'มะม่วง แม่น้ำ รถไฟ 7421' };
const centre = 'ศูนย์บริการประชาชน พาณิชย์จังหวัดระยอง';
const api = (path) => `/api/v1${path}`;

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

const comesToStep = (desk, step) => desk.met(desk.page.locator(`[data-testid="setup"][data-step="${step}"]`).waitFor({ timeout: soonMs }));
const goOn = (desk) => desk.at('step-go').click({ timeout: soonMs });

async function account(desk) {
  const { page } = desk;
  must('an empty house shows the wizard in place of the sign-in', await comesToStep(desk, 'account'));
  await page.fill('#setup-login', keeper.login);
  await page.fill('#setup-name', keeper.name);
  await page.fill('#setup-password', 'password1234');
  await page.fill('#setup-again', 'password1234');
  await goOn(desk);
  check('a password that is easily guessed is refused at its field', await desk.met(page.locator('#setup-password[aria-invalid="true"]').waitFor({ timeout: soonMs })), await desk.text('step-said'));
  await page.fill('#setup-password', keeper.password);
  await page.fill('#setup-again', keeper.password);
  await shoot(desk, 'first-account');
  await goOn(desk);
  must('the administrator is there and signed in', await comesToStep(desk, 'house'), await desk.text('step-said'));
  check('and nobody can be the first again', (await desk.get(api('/setup'))).status === 404);
}

async function house(desk) {
  await desk.page.fill('#house-name', centre, { timeout: soonMs });
  await desk.page.reload();
  const kept = await desk.becomes(async () => (await desk.page.locator('#house-name').count()) === 1 && (await desk.page.locator('#house-name').inputValue()) === centre, soonMs);
  check('a reload is at the same step, and nothing typed is lost', kept);
  await goOn(desk);
  must('the centre has a name', await comesToStep(desk, 'certificate'), await desk.text('step-said'));
  check('which anybody may know', (await desk.get(api('/house'))).name_th === centre);
}

async function certificate(desk) {
  const { page } = desk;
  await page.fill('#cert-names', 'kring.local\n127.0.0.1', { timeout: soonMs });
  await desk.at('cert-make').click();
  must('a certificate is made', await desk.shows('cert-made', 2 * soonMs), await desk.text('step-said'));
  await shoot(desk, 'first-certificate');
  const authority = await page.request.get(new URL(api('/setup/authority.crt'), page.url()).href);
  check('and its authority is there for PCs', authority.ok() && (await authority.text()).includes('BEGIN CERTIFICATE'));
  await goOn(desk);
  must('the next step is the PBX', await comesToStep(desk, 'trunk'));
}

async function trunk(desk, phone) {
  const { page } = desk;
  await page.fill('#trunk-host', '127.0.0.1', { timeout: soonMs });
  await page.fill('#trunk-port', '9');
  await page.selectOption('#trunk-transport', 'udp');
  const failedStep = page.locator('[data-testid="trunk-test"] [data-state="failed"]');
  check('a PBX that is not there is told as such', await desk.met(failedStep.waitFor({ timeout: 3 * soonMs })), await desk.text('trunk-test'));
  await page.fill('#trunk-port', String(phone.port));
  const answers = page.locator('[data-testid="trunk-test"][data-status="200"]');
  must('one that is there answers while its address is typed', await desk.met(answers.waitFor({ timeout: 2 * soonMs })), await desk.text('trunk-test'));
  await shoot(desk, 'first-trunk');
  await goOn(desk);
  must('it is a trunk', await comesToStep(desk, 'agents'), await desk.text('step-said'));
  check('of the database', (await desk.get(api('/trunks/pbx'))).settings?.address === `127.0.0.1:${phone.port}`);
}

async function agents(desk) {
  const { page } = desk;
  await page.fill('#agent-name', agent.name, { timeout: soonMs });
  await page.fill('#agent-login', agent.login);
  await page.fill('#agent-extension', agent.extension);
  await desk.at('agent-add').click();
  must('an agent is there, and the password shown once', await desk.shows('one-time-password', soonMs), await desk.text('new-agent'));
  const once = await desk.text('one-time-password');
  await shoot(desk, 'first-agent');
  await desk.at('secret-kept').click();
  await page.fill('#agent-name', 'โต๊ะสอง');
  await page.fill('#agent-login', 'two');
  await page.selectOption('#agent-kind', 'register');
  await page.fill('#agent-extension', '5022');
  await desk.at('agent-add').click();
  check('another has a phone that registers, with its password', await desk.shows('phone-secret', soonMs), await desk.text('new-agent'));
  await desk.at('secret-kept').click();
  await goOn(desk);
  must('the next step is the departments', await comesToStep(desk, 'departments'));
  return once;
}

async function departments(desk) {
  const row = desk.page.locator('li[data-unit="DIT"]');
  await row.locator('input').fill('5512', { timeout: soonMs });
  await desk.page.keyboard.press('Enter');
  check('a department of the manual gets its extension', await desk.met(row.getByText('5512').waitFor({ timeout: soonMs })));
  await goOn(desk);
  must('the last step is a call', await comesToStep(desk, 'call'));
  await desk.page.reload();
  const done = desk.page.locator('[data-step-mark][data-done="true"]');
  check('after a reload the rail knows what is done', await desk.becomes(async () => (await done.count()) === 6, soonMs), await done.count());
}

/** The agent signs in with the password of the card, and is ready. */
async function signIn(browser, url, once) {
  const desk = await Desk.open(browser, url);
  const { page } = desk;
  await page.fill('#login', agent.login, { timeout: soonMs });
  await page.fill('#password', once);
  await page.keyboard.press('Enter');
  await page.fill('#new-password', agent.password, { timeout: soonMs });
  await page.fill('#new-password-again', agent.password);
  await desk.at('set-password').click();
  must('the agent signs in by the card and chooses a password', await desk.shows('call-bar', soonMs), await page.getByRole('alert').allTextContents());
  await desk.at('go-ready').first().click({ timeout: 2 * soonMs });
  return desk;
}

async function call(keeperDesk, agentDesk, phone) {
  const ready = keeperDesk.page.locator('[data-testid="ready"][data-count="1"]');
  check('the wizard sees that an agent is ready', await keeperDesk.met(ready.waitFor({ timeout: soonMs })), await keeperDesk.text('ready'));
  await keeperDesk.at('test-call').click();
  must('the test call pops at the agent', (await agentDesk.comesTo(['ringing'], soonMs)) !== null, await keeperDesk.text('step-said'));
  const id = await agentDesk.call();
  check('and rings the phone', await agentDesk.becomes(async () => phone.rang.length === 1 && phone.rang[0].includes(agent.extension), soonMs), phone.rang.join());
  await shoot(agentDesk, 'first-pop');
  phone.answer();
  check('the agent talks once the handset is lifted', (await agentDesk.comesTo(['talking'], soonMs)) !== null);
  const told = keeperDesk.page.locator(`[data-testid="call-result"][data-call="${id}"][data-answered="true"]`);
  check('and the wizard says what rang and who answered', await keeperDesk.met(told.waitFor({ timeout: soonMs })), await keeperDesk.text('call-result'));
  await shoot(keeperDesk, 'first-call');
  check('the call is marked as a test', (await keeperDesk.get(api(`/calls/${id}`))).trunk === 'kring-test');
  await goOn(keeperDesk);
  check('then the console is there', await keeperDesk.shows('place', soonMs));
}

async function walk(browser, kring, phone) {
  const desk = await Desk.open(browser, kring.url);
  await account(desk);
  await house(desk);
  await certificate(desk);
  await trunk(desk, phone);
  const once = await agents(desk);
  await departments(desk);
  const agentDesk = await signIn(browser, kring.url, once);
  await call(desk, agentDesk, phone);
  const errors = [...desk.pageErrors, ...agentDesk.pageErrors];
  check('no page had an error of its own', errors.length === 0, errors.join('; '));
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
try {
  const binary = process.env.KRINGD ?? fileURLToPath(new URL('../../target/release/kringd', import.meta.url));
  const kring = await newHouse(binary);
  process.once('exit', kring.kill);
  const phone = await OnePhone.open();
  const browser = await openBrowser();
  let late;
  const bound = new Promise((_, reject) => {
    late = setTimeout(() => reject(new Error(`not done in ${boundMs / 1_000} s`)), boundMs);
  });
  try {
    await Promise.race([walk(browser, kring, phone), bound]);
  } catch (failure) {
    if (!failure.message.startsWith('cannot go on')) check(failure.message.split('\n')[0], false);
    for (const [i, context] of browser.contexts().entries()) if (options.shots) await context.pages()[0]?.screenshot({ path: join(options.shots, `failed-${i}.png`) });
    console.log(kring.said.trim());
  }
  clearTimeout(late);
  phone.close();
  await browser.close();
  await kring.end();
} catch (failure) {
  console.error(failure.message);
  process.exit(2);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
