#!/usr/bin/env node
// The administrator's day: people, units with their hours and a file, holidays, tokens, queues seen before they are
// saved, trunks tested, phones, settings; and the desk of personal data. A real daemon, real browsers.
// Usage: node tests/console/keeper_day.mjs [--shots DIR]. KRINGD: the binary; CHROMIUM: the browser.
// Exit code 0 when every check passed, 1 when one failed, 2 when the test could not begin.

import { live, soonMs } from './day.mjs';
import { Desk } from './desk.mjs';

const api = (path) => `/api/v1${path}`;
const person = { login: 'kanokwan', name: 'กนกวรรณ ฐิติรัตน์ชัยกุล', phone: '5099' };
const own = 'มะม่วง แม่น้ำ รถไฟ 7421';
const unit = { short: 'RYG', name: 'สำนักงานพาณิชย์จังหวัดระยอง', extension: '2901' };

const inTime = (desk, question) => desk.becomes(question, soonMs);

/** Answers the second question, and says whether the dialog went away. */
async function answers(desk) {
  await desk.page.locator('[data-testid="ask"][open] [data-testid="ask-yes"]').click({ timeout: soonMs });
  return inTime(desk, async () => (await desk.page.locator('[data-testid="ask"][open]').count()) === 0);
}

async function people(day, desk) {
  const { page } = desk;
  await day.go(desk, '/admin/users/new');
  await page.fill('#login', 'demo');
  await page.fill('#name', person.name);
  await desk.at('save').click();
  day.check('a login that somebody has is refused at its field', await desk.met(page.locator('#login[aria-invalid="true"]').waitFor({ timeout: soonMs })));
  await page.fill('#login', person.login);
  await desk.at('device-add').click();
  await desk.at('device-at').fill(person.phone);
  await page.reload();
  day.check('a reload loses nothing that was typed', await inTime(desk, async () => (await desk.at('device-at').count()) === 1 && (await desk.at('device-at').inputValue()) === person.phone));
  await desk.at('save').click();
  day.must('an account is made, and its password shown once', await desk.shows('one-time-password', soonMs), await desk.text('save-failure'));
  const password = await desk.text('one-time-password');
  await day.shoot(desk, 'user-made');
  const stored = await desk.get(api(`/users/${person.login}`));
  day.check('REST has it', stored.name === person.name && stored.devices?.[0] === `pbx:${person.phone}` && stored.must_change, JSON.stringify(stored));
  await desk.at('secret-kept').click();
  day.must('then the account is shown', await desk.shows('reset', soonMs));

  const fresh = await Desk.open(day.browser, day.demo.url);
  await fresh.page.fill('#login', person.login);
  await fresh.page.fill('#password', password);
  await fresh.page.keyboard.press('Enter');
  await fresh.page.fill('#new-password', own, { timeout: soonMs });
  await fresh.page.fill('#new-password-again', own);
  await fresh.at('set-password').click();
  day.check('whom it is for signs in by it and chooses another', await fresh.shows('place', soonMs), await fresh.page.getByRole('alert').allTextContents());

  await page.selectOption('#role', 'supervisor');
  await desk.at('save').click();
  day.check('the role is changed', await inTime(desk, async () => (await desk.get(api(`/users/${person.login}`))).role === 'supervisor'));
  day.check('and with another role one has to sign in again', await desk.met(fresh.page.locator('#password').waitFor({ timeout: soonMs })));
  await desk.at('disable').click();
  day.check('the account is disabled', (await answers(desk)) && (await desk.get(api(`/users/${person.login}`))).disabled === true);
  await fresh.page.context().close();
  await day.go(desk, '/admin/users?show=off');
  day.check('and found among those that are', await desk.met(page.locator(`tr[data-login="${person.login}"]`).waitFor({ timeout: soonMs })));
}

async function departments(day, desk) {
  const { page } = desk;
  await day.go(desk, '/admin/departments/new');
  await page.fill('#short', 'DIT');
  await page.fill('#name_th', unit.name);
  await desk.at('save').click();
  day.check('a short name that another has is refused at its field', await desk.met(page.locator('#short[aria-invalid="true"]').waitFor({ timeout: soonMs })));
  await page.fill('#short', unit.short);
  await desk.at('save').click();
  await desk.at('desk-new').click({ timeout: soonMs });
  await page.fill('#desk-extension', unit.extension);
  await page.fill('#desk-label', 'หน้าห้อง');
  await desk.at('save').click();
  day.must('a unit has a desk', await desk.met(page.locator(`tr[data-extension="${unit.extension}"]`).waitFor({ timeout: soonMs })), await desk.text('save-failure'));
  await page.locator('[data-tab="hours"]').click();
  await page.locator('[name="hours-kind"][value="week"]').check({ force: true, timeout: soonMs });
  const monday = page.locator('[data-day="mon"] input');
  await monday.nth(0).fill('900');
  await monday.nth(1).focus();
  await page.locator('[data-day="sun"] button').first().click();
  await desk.at('save').click();
  const id = new URL(page.url()).pathname.split('/')[3];
  const hours = await inTime(desk, async () => (await desk.get(api(`/departments/${id}/hours`))).hours === 'mon 09:00-12:00,13:00-16:30; tue-fri 08:30-12:00,13:00-16:30; sun 08:30-12:00');
  day.check('its week is stored as it stands in the grid', hours, JSON.stringify(await desk.get(api(`/departments/${id}/hours`))));
  await page.fill('#status-at', '2026-11-30T12:30');
  day.check('at noon on a Monday it is closed', await desk.met(page.locator('[data-testid="open-now"][data-open="false"]').waitFor({ timeout: soonMs })));
  await page.fill('#status-at', '2026-11-29T09:30');
  day.check('and open on a Sunday morning', await desk.met(page.locator('[data-testid="open-now"][data-open="true"]').waitFor({ timeout: soonMs })));
  await day.shoot(desk, 'unit-hours');
  await clash(day, desk, id);
  await files(day, desk);
}

/** Somebody else changes it between reading and saving. */
async function clash(day, desk, id) {
  const { page } = desk;
  await page.locator('[data-tab="facts"]').click();
  await page.fill('#hotline', '1203', { timeout: soonMs });
  const { origin } = new URL(page.url());
  const faster = await page.request.patch(`${origin}${api(`/departments/${id}`)}`, { data: { hotline: '1569' }, headers: { origin } });
  await desk.at('save').click();
  day.check('a change that somebody was faster with is shown beside theirs', faster.ok() && (await desk.shows('clash', soonMs)));
  await desk.at('take-mine').click();
  day.check('and the person has the last word', await inTime(desk, async () => (await desk.get(api(`/departments/${id}`))).hotline === '1203'));
}

async function files(day, desk) {
  const { page } = desk;
  const file = (text) => ({ name: 'หน่วยงาน.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await day.go(desk, '/admin/departments/import');
  await desk.at('import-file').setInputFiles(file('short,name_th,hours\nRYG,สำนักงาน,mon 99:00\n,ไม่มีชื่อย่อ,\n'));
  day.check('the mistakes of a file are told by row', (await desk.shows('import-mistakes', soonMs)) && (await desk.text('import-mistakes')).includes('hours'), await desk.text('import-mistakes'));
  await desk.at('import-file').setInputFiles(file('short,name_th,extension\nCHB,สำนักงานพาณิชย์จังหวัดชลบุรี,2902\n'));
  await desk.at('import-go').click({ timeout: soonMs });
  day.check('a good file is taken', await desk.met(page.locator('[data-testid="import-answer"][data-dry="false"]').waitFor({ timeout: soonMs })));
  const all = await desk.get(api('/departments'));
  day.check('and its unit is there', all.items.some((one) => one.short === 'CHB' && one.endpoints[0]?.extension === '2902'));
}

async function holidays(day, desk) {
  const { page } = desk;
  await day.go(desk, '/admin/holidays?year=2027');
  await page.fill('#year-lines', '๑๓ เมษายน ๒๕๗๐ วันสงกรานต์\n14/4/2570 วันสงกรานต์\nวันหยุดเดือนหน้า');
  await desk.at('year-add').click({ timeout: soonMs });
  day.check('a year of holidays is added', await desk.met(page.locator('tr[data-day="2027-04-14"]').waitFor({ timeout: soonMs })));
  day.check('and the line that cannot be read is left to mend', (await page.locator('#year-lines').inputValue()) === 'วันหยุดเดือนหน้า');
  await page.locator('tr[data-day="2027-04-14"] button').click();
  await answers(desk);
  const stored = await desk.get(api('/holidays'));
  day.check('one is taken away again', stored.items.map((one) => one.day).join() === '2027-04-13', JSON.stringify(stored));
}

async function tokens(day, desk) {
  const { page } = desk;
  await day.go(desk, '/admin/tokens');
  await desk.at('token-new').click();
  await page.fill('#token-name', 'crm');
  await desk.at('scope-directory:read').check();
  await desk.at('token-make').click();
  day.must('a token is shown once', await desk.shows('token-secret', soonMs));
  const authorization = `Bearer ${await desk.text('token-secret')}`;
  const asked = (path) => fetch(new URL(api(path), day.demo.url), { headers: { authorization } }).then((answer) => answer.status);
  day.check('it may do what it says, and nothing else', (await asked('/departments')) === 200 && (await asked('/users')) === 403);
  await desk.at('secret-kept').click();
  await page.locator('tr[data-token="crm"] button').click();
  await answers(desk);
  day.check('and nothing once it is revoked', (await asked('/departments')) === 401);
}

async function rules(day, desk) {
  const { page } = desk;
  await day.go(desk, '/admin/retention');
  await page.fill('#days-access_log', '365', { timeout: soonMs });
  await desk.at('save').click();
  await inTime(desk, async () => (await desk.get(api('/privacy/retention'))).items.some((rule) => rule.what === 'access_log' && rule.days === 365));
  await desk.at('rules-dry').click();
  day.check('what a rule would take is counted, and nothing goes', await desk.met(page.locator('[data-testid="taken"][data-dry="true"]').waitFor({ timeout: soonMs })));
  await day.go(desk, '/admin/texts');
  await page.locator('[data-testid="text-edit"][data-purpose="notice"]').click({ timeout: soonMs });
  const words = 'ศูนย์บริการเก็บชื่อและหมายเลขของท่านเพื่อให้บริการ ฉบับทดสอบ';
  await page.fill('#text-th', words);
  await desk.at('save').click();
  await answers(desk);
  const texts = await desk.get(api('/privacy/texts'));
  day.check('a notice has a new version', texts.items.some((one) => one.purpose === 'notice' && one.version === 2 && one.text_th === words), JSON.stringify(texts).slice(0, 200));
}

async function queues(day, desk) {
  const { page } = desk;
  await day.go(desk, '/admin/queues/new');
  day.must('a queue is seen before it is there', await desk.met(page.locator('[data-testid="preview"][data-told="true"]').waitFor({ timeout: soonMs })), await desk.text('preview'));
  await page.fill('#queue-name', 'กฎหมาย');
  await page.fill('#did', '1500');
  await page.locator('[data-testid="plan"] select').first().selectOption('all');
  day.check('and what it would do follows what is typed', await inTime(desk, async () => (await desk.text('preview-toml')).includes('all:2')), await desk.text('preview-toml'));
  await desk.at('free').selectOption('0');
  day.check('with nobody free no phone rings', await inTime(desk, async () => !/\d/.test((await page.locator('td[data-bursts]').allTextContents()).join(''))));
  await desk.at('save').click();
  day.must('the queue is saved', await desk.met(page.locator('[data-queue="กฎหมาย"][aria-current="page"]').waitFor({ timeout: soonMs })), await desk.text('save-failure'));
  await day.shoot(desk, 'queue');
  const stored = await desk.get(api(`/queues/${encodeURIComponent('กฎหมาย')}`));
  day.check('REST has it, with its plan', stored.source === 'database' && stored.settings.plan.join() === 'all:2,all:1' && stored.settings.did.join() === '1500', JSON.stringify(stored));
  await page.locator('[data-testid="plan"] button[aria-label^="ลบขั้นที่ 2"]').click();
  day.check('a plan that is short is told at once', await desk.met(page.getByText('ยังขาดอีก 1 เสียง').waitFor({ timeout: soonMs })));
  await desk.at('step-add').click();
  await desk.at('queue-remove').click();
  await answers(desk);
  day.check('it is taken away again', await inTime(desk, async () => (await desk.get(api(`/queues/${encodeURIComponent('กฎหมาย')}`))).status === 404));
}

async function trunks(day, desk) {
  const { page } = desk;
  const [line] = (await desk.get(api('/trunks'))).items;
  const [host, port] = line.address.replace(/^udp:/, '').split(':');
  await day.go(desk, '/admin/trunks/new');
  await page.fill('#trunk-name', 'สำรอง');
  await page.fill('#trunk-host', host);
  await page.fill('#trunk-port', port);
  await page.selectOption('#trunk-transport', 'udp');
  const tested = await desk.met(page.locator('[data-testid="trunk-test"][data-status="200"]').waitFor({ timeout: 2 * soonMs }));
  day.check('a PBX is tested while its address is typed', tested, await desk.text('trunk-test'));
  await day.shoot(desk, 'trunk-test');
  await desk.at('save').click();
  day.must('the trunk is saved', await desk.shows('trunk-remove', soonMs), await desk.text('save-failure'));
  const stored = await desk.get(api(`/trunks/${encodeURIComponent('สำรอง')}`));
  day.check('REST has it', stored.source === 'database' && stored.settings.address === `${host}:${port}`, JSON.stringify(stored));
  await desk.at('trunk-remove').click();
  await answers(desk);
  day.check('it is taken away again', await inTime(desk, async () => (await desk.get(api('/trunks'))).items.every((one) => one.name !== 'สำรอง')));
}

async function phones(day, desk) {
  const { page } = desk;
  await day.go(desk, '/admin/phones');
  await desk.at('phone-new').click();
  await page.fill('#phone-user', '5030');
  await page.fill('#phone-name', 'โต๊ะ 3');
  await desk.at('phone-add').click();
  day.must('a phone has a password, shown once', await desk.shows('phone-secret', soonMs), await desk.text('new-phone'));
  const before = await desk.text('phone-secret');
  await desk.at('secret-kept').click();
  await page.locator('tr[data-phone="5030"] [data-act="renew"]').click();
  await answers(desk);
  day.check('and another when it is lost', (await desk.shows('phone-secret', soonMs)) && (await desk.text('phone-secret')) !== before);
  await desk.at('secret-kept').click();
  await page.locator('tr[data-phone="5030"] [data-act="remove"]').click();
  await answers(desk);
  day.check('it is taken away again', await inTime(desk, async () => (await desk.get(api('/phones'))).items.every((one) => one.user !== '5030')));
}

async function settings(day, desk) {
  const { page } = desk;
  await day.go(desk, '/admin/settings/agent');
  const field = page.locator('#set-agent-rona_limit');
  await field.fill('99', { timeout: soonMs });
  day.check('what the file says cannot be changed here', await page.locator('#set-agent-wrapup_s').isDisabled());
  await desk.at('save').click();
  day.check('a setting that cannot be is refused at its field', await desk.met(page.locator('#set-agent-rona_limit[aria-invalid="true"]').waitFor({ timeout: soonMs })));
  await field.fill('5');
  await desk.at('save').click();
  const now = async () => (await desk.get(api('/settings'))).items.find((one) => one.key === 'agent.rona_limit');
  day.check('and one that can be is in force', await inTime(desk, async () => (await now()).value === 5), JSON.stringify(await now()));
  await page.locator('[data-setting="agent.rona_limit"] button').click();
  day.check('its default comes back', await inTime(desk, async () => (await now()).value === (await now()).default));
  await day.go(desk, '/admin/reload');
  await desk.at('reload-go').click();
  day.check('a reload says what came of it', await desk.shows('reload-answer', soonMs));
}

async function audit(day, desk) {
  const { page } = desk;
  await day.go(desk, '/admin/audit?action=user&who=admin');
  day.check('the audit has what was done', await desk.met(page.locator('tr[data-action="user.disable"]').first().waitFor({ timeout: soonMs })));
  const kinds = await page.locator('tr[data-action]').evaluateAll((rows) => rows.map((row) => row.dataset.action));
  day.check('and nothing but what was asked for', kinds.length > 0 && kinds.every((kind) => kind.startsWith('user.')), kinds.join());
  const href = await desk.at('audit-export').getAttribute('href');
  const file = await page.request.get(new URL(href, page.url()).href);
  day.check('its file has the same', file.ok() && (await file.text()).includes('user.disable') && !(await file.text()).includes('holiday.add'));
}

/** Somebody who has called asks to be restricted, then to be erased; a third wish is refused. */
async function privacy(day, desk) {
  const { page } = desk;
  const { origin } = new URL(page.url());
  const made = await page.request.post(`${origin}${api('/contacts')}`, { data: { name: 'นางสาวทดสอบ คุ้มครองข้อมูล', number: '081-999-7777' }, headers: { origin, 'idempotency-key': 'keeper-day' } });
  const { id } = await made.json();
  async function takeIn(kind) {
    await day.go(desk, '/privacy/new');
    await page.fill('#person-find', '0819997777', { timeout: soonMs });
    await page.locator(`li[data-person="${id}"] button`).click({ timeout: soonMs });
    await page.locator(`[name="request-kind"][value="${kind}"]`).check();
    await desk.at('save').click();
    day.must(`a request is taken in: ${kind}`, await desk.shows('request-carry', soonMs), await desk.text('save-failure'));
  }
  const status = (wanted) => desk.met(page.locator(`[data-testid="request-status"][data-status="${wanted}"]`).waitFor({ timeout: soonMs }));
  await takeIn('access');
  const href = await desk.at('export-json').getAttribute('href');
  const copy = await page.request.get(new URL(href, page.url()).href);
  day.check('a copy of all that is known is a file', copy.ok() && (await copy.text()).includes('คุ้มครองข้อมูล'), copy.status());
  await desk.at('request-refuse').click();
  await page.locator('[data-testid="ask"][open] [data-testid="ask-yes"]').click();
  day.check('a refusal needs a reason', await desk.met(page.locator('[data-testid="ask"][open] [role="alert"]').waitFor({ timeout: soonMs })));
  await page.fill('#request-reason', 'ผู้ขอไม่ใช่เจ้าของข้อมูล');
  await answers(desk);
  day.check('and is kept with it', await status('refused'));
  await takeIn('restrict');
  await desk.at('request-carry').click();
  await answers(desk);
  day.check('a restriction is carried out', await status('done'));
  await takeIn('erase');
  await desk.at('request-carry').click();
  await desk.shows('counts', soonMs);
  day.check('erasing wants a second word', await page.locator('[data-testid="ask"][open] [data-testid="ask-yes"]').isDisabled());
  await page.fill('#request-sure', 'ลบ');
  await day.shoot(desk, 'erase');
  await answers(desk);
  day.check('then it is carried out', await status('done'));
  const gone = await desk.get(api('/contacts?q=0819997777'));
  day.check('and nobody is found any more', gone.items?.length === 0, JSON.stringify(gone).slice(0, 200));
}

await live(async (day) => {
  const admin = await day.as('admin');
  await people(day, admin);
  await departments(day, admin);
  await holidays(day, admin);
  await tokens(day, admin);
  await rules(day, admin);
  await queues(day, admin);
  await trunks(day, admin);
  await phones(day, admin);
  await settings(day, admin);
  await audit(day, admin);
  await privacy(day, await day.as('dpo'));
}, 120_000);
