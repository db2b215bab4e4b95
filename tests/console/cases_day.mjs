#!/usr/bin/env node
// The day of those who work on cases: a supervisor opens them, a unit's officer acts, an officer of tips reads what
// is masked to all others, and an editor answers what nobody could. A real daemon, real browsers.
// Usage: node tests/console/cases_day.mjs [--shots DIR]. KRINGD: the binary; CHROMIUM: the browser.
// Exit code 0 when every check passed, 1 when one failed, 2 when the test could not begin.

import { live, soonMs } from './day.mjs';

const complaint = { subject: 'ร้านไม่ปิดป้ายราคาปุ๋ยเคมี', respondent: 'ร้านรุ่งเรืองเกษตรภัณฑ์', person: 'นายทดสอบ เรื่องร้องเรียน', number: '081-999-0042' };
const tip = { subject: 'ขายน้ำมันปาล์มเกินราคาควบคุม', what: 'ขายขวดละ 72 บาท' };
const question = 'ค่าธรรมเนียมจดทะเบียนเรือประมงพื้นบ้าน';

/** A day so many days from now, in Bangkok. */
const dayIn = (days) => new Date(Date.now() + 7 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);
const [yesterday, inTwoWeeks] = [dayIn(-1), dayIn(14)];

const api = (path) => `/api/v1${path}`;
const now = (desk, name) => desk.at(name).first();

async function opens(day, desk) {
  const { page } = desk;
  await day.go(desk, '/cases/new');
  await page.locator('[data-chip="complaint"]').click({ timeout: soonMs });
  await now(desk, 'form-save').click();
  day.check('a case without a matter is not sent, and the field says so', (await page.locator('#subject').getAttribute('aria-invalid')) === 'true');
  await page.fill('#subject', complaint.subject);
  await page.fill('#name', complaint.person);
  await page.fill('#number', complaint.number);
  await page.fill('#fields-respondent', complaint.respondent);
  await page.fill('#fields-happened_on', '2099-01-01');
  await page.selectOption('#department_id', { label: 'กรมการค้าภายใน' });
  await page.reload();
  const kept = await desk.becomes(async () => (await page.locator('#fields-respondent').count()) === 1 && (await page.locator('#fields-respondent').inputValue()) === complaint.respondent, soonMs);
  day.check('a reload loses nothing that was typed', kept);
  await now(desk, 'form-save').click();
  day.check('what the server refuses stands at its field', await desk.met(page.locator('#fields-happened_on-error').waitFor({ timeout: soonMs })));
  await page.fill('#fields-happened_on', yesterday);
  await now(desk, 'form-save').click();
  day.must('the case is opened and shown', await desk.shows('case-ref', soonMs), await desk.text('form-said'));
  const ref = (await desk.text('case-ref')).trim();
  const stored = await desk.get(api(`/cases/by-ref/${ref}`));
  day.check('REST has it as it was typed', stored.subject === complaint.subject && stored.fields?.respondent === complaint.respondent && stored.fields?.happened_on === yesterday, JSON.stringify(stored));
  const person = await desk.get(api(`/contacts/${stored.contact_id}`));
  day.check('with a new person and their number', person.given === 'ทดสอบ' && person.numbers?.[0]?.canonical === '+66819990042', JSON.stringify(person));
  await day.shoot(desk, 'case-opened');
  return stored;
}

/** Fills a dialog, answers it, and says whether it went away. */
async function answersDialog(desk, fill) {
  await desk.shows('ask', soonMs);
  await fill();
  await now(desk, 'ask-yes').click();
  return desk.met(desk.at('ask').waitFor({ state: 'hidden', timeout: soonMs }));
}

async function plans(day, desk, stored) {
  const { page } = desk;
  await now(desk, 'plan-follow-up').click();
  const planned = await answersDialog(desk, async () => {
    await page.fill('#follow-what', 'โทรแจ้งผลการตรวจร้าน');
    await page.fill('#when-day', dayIn(0));
    await page.fill('#when-time', '23:58');
  });
  day.check('a follow-up is planned', planned && (await desk.met(page.locator('[data-follow-up][data-done="no"]').waitFor({ timeout: soonMs }))));
  await now(desk, 'book-video').click();
  const booked = await answersDialog(desk, async () => {
    await page.fill('#video-officer', 'คุณวิไล');
    await page.fill('#when-day', inTwoWeeks);
    await page.fill('#when-time', '10:00');
    await page.fill('#video-channel', 'LINE @citizen');
  });
  day.check('a video session is booked', booked && (await desk.met(page.locator('[data-video][data-state="booked"]').waitFor({ timeout: soonMs }))));
  await now(desk, 'video-move').click();
  const moved = await answersDialog(desk, async () => {
    await page.fill('#when-time', '13:30');
  });
  const sessions = await desk.get(api(`/cases/${stored.id}/video-sessions`));
  day.check('and moved', moved && sessions.items?.[0]?.starts.startsWith(`${inTwoWeeks}T06:30`), JSON.stringify(sessions));
  await now(desk, 'video-remind').click();
  day.check('that the citizen was reminded is noted', await desk.met(desk.at('videos').getByText(/^แจ้งเตือนแล้ว/).waitFor({ timeout: soonMs })));
  await now(desk, 'video-outcome').click();
  await answersDialog(desk, () => page.fill('#video-said', 'ตอบครบถ้วน'));
  day.check('and told how it went', await desk.met(page.locator('[data-video][data-state="held"]').waitFor({ timeout: soonMs })));
  await desk.at('file-picker').setInputFiles({ name: 'ใบเสร็จ.txt', mimeType: 'text/plain', buffer: Buffer.from('ใบเสร็จค่าปุ๋ย 980 บาท') });
  day.check('a file is attached', await desk.met(desk.at('files').getByText('ใบเสร็จ.txt').waitFor({ timeout: soonMs })));
  await desk.at('file-picker').setInputFiles({ name: 'โปรแกรม.txt', mimeType: 'text/plain', buffer: Buffer.from('MZ\x90\0\x03\0\0\0') });
  day.check('and another kind is refused in words', await desk.shows('file-refused', soonMs));
  await now(desk, 'add-knowledge').click();
  const attached = await answersDialog(desk, async () => {
    await desk.at('knowledge-search').fill('กรมการค้าภายใน');
    await page.locator('[name="source"]').first().waitFor({ timeout: soonMs });
  });
  const knowledge = await desk.get(api(`/cases/${stored.id}/knowledge`));
  day.check('and what answers it', attached && knowledge.items?.length === 1, JSON.stringify(knowledge).slice(0, 200));
  await day.shoot(desk, 'case-worked');
}

async function today(day, desk, stored) {
  await day.go(desk, '/cases/today');
  const row = desk.page.locator('[data-follow-up]', { hasText: stored.ref });
  day.check('today has the follow-up', await desk.met(row.waitFor({ timeout: soonMs })));
  day.check('with the number to call back', await desk.met(row.getByText('081-999-0042').waitFor({ timeout: soonMs })));
  await day.shoot(desk, 'today');
  await row.getByTestId('follow-up-done').click();
  day.check('which is done by a press', await desk.met(row.waitFor({ state: 'detached', timeout: soonMs })));
  const owed = await desk.get(api(`/cases/${stored.id}/follow-ups`));
  day.check('and so it is by REST', owed.items?.[0]?.done_by?.includes('supervisor'), JSON.stringify(owed));
}

/** The unit's officer finds it by what a caller would say, acts, and meets somebody who was faster. */
async function officer(day, desk, supervisor, stored) {
  const { page } = desk;
  const thai = stored.ref.toLowerCase().replace(/[0-9]/g, (digit) => String.fromCharCode(0x0e50 + Number(digit))).replaceAll('-', ' ');
  await page.locator('[data-place="cases"]').first().click({ timeout: soonMs });
  await desk.at('case-search').fill(thai);
  const row = page.locator(`tr[data-ref="${stored.ref}"]`);
  day.must(`${thai} finds ${stored.ref}`, await desk.met(row.waitFor({ timeout: soonMs })), await page.locator('tr[data-ref]').allTextContents());
  const wrong = stored.ref.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));
  await desk.at('case-search').fill(wrong);
  day.check('a reference with a wrong digit is told to be misread', await desk.met(desk.at('empty').getByText('ตัวเลขผิด').waitFor({ timeout: soonMs })), await desk.text('empty'));
  await desk.at('case-search').fill('0819990042');
  day.check('a number finds the cases of its person', await desk.met(row.waitFor({ timeout: soonMs })));
  day.check('and the person', await desk.met(desk.at('persons-found').getByText('เรื่องร้องเรียน').waitFor({ timeout: soonMs })));
  await day.shoot(desk, 'cases-searched');
  await day.go(desk, `/cases/${stored.ref}`);
  await page.locator('[data-testid="note-form"] select').selectOption('unit_answered');
  await desk.at('note-text').fill('รับเรื่องแล้ว จะลงตรวจร้าน');
  await desk.at('note-save').click();
  day.check('the officer writes what was done', await desk.met(page.locator('[data-kind="unit_answered"]').waitFor({ timeout: soonMs })));
  await now(desk, 'change-status').click();
  await answersDialog(desk, () => page.locator('[name="status"][value="in_progress"]').check());
  day.check('the status goes where it may', await desk.met(page.locator('[data-testid="case-page"] [data-status="in_progress"]').first().waitFor({ timeout: soonMs })));

  await now(desk, 'case-edit').click();
  await page.fill('#subject', 'เรื่องตามที่เจ้าหน้าที่แก้');
  await day.go(supervisor, `/cases/${stored.ref}/edit`);
  await supervisor.page.fill('#subject', 'เรื่องตามที่หัวหน้างานแก้');
  await supervisor.page.fill('#detail', 'รายละเอียดจากหัวหน้างาน');
  await now(supervisor, 'form-save').click();
  day.check('somebody else was faster', await supervisor.shows('case-ref', soonMs));
  await now(desk, 'form-save').click();
  day.must('412 lays both beside each other', await desk.shows('clash', soonMs), await desk.text('form-said'));
  day.check('what only the other changed is taken over', (await page.locator('#detail').inputValue()) === 'รายละเอียดจากหัวหน้างาน');
  await day.shoot(desk, 'case-clash');
  await page.locator('[data-testid="clash"] [data-whose="mine"]').click();
  await now(desk, 'form-save').click();
  day.check('the choice is stored', await desk.shows('case-ref', soonMs));
  const after = await desk.get(api(`/cases/${stored.id}`));
  day.check('by REST, too', after.subject === 'เรื่องตามที่เจ้าหน้าที่แก้' && after.detail === 'รายละเอียดจากหัวหน้างาน', JSON.stringify(after).slice(0, 300));

  await now(desk, 'end-case').click();
  await desk.shows('ask', soonMs);
  await now(desk, 'ask-yes').click();
  day.check('closing wants an outcome', (await page.locator('#outcome').getAttribute('aria-invalid')) === 'true');
  await answersDialog(desk, () => page.selectOption('#outcome', 'resolved'));
  day.check('with one it is closed', await desk.met(page.locator('[data-testid="case-page"] [data-status="closed"]').first().waitFor({ timeout: soonMs })));
  await now(desk, 'end-case').click();
  await answersDialog(desk, () => page.fill('#status-reason', 'ผู้ร้องแจ้งว่ายังไม่ปิดป้าย'));
  day.check('and with a reason it is reopened', (await desk.becomes(async () => (await desk.get(api(`/cases/${stored.id}`))).status === 'reopened', soonMs)));
  await day.go(desk, `/cases/${stored.ref}/print`);
  await page.emulateMedia({ media: 'print' });
  await desk.met(page.getByText('ผู้ร้องแจ้งว่ายังไม่ปิดป้าย').waitFor({ timeout: soonMs }));
  day.check('on paper there is the case alone', !(await desk.at('rail').isVisible()) && (await page.getByText('ผู้ร้องแจ้งว่ายังไม่ปิดป้าย').isVisible()));
  await day.shoot(desk, 'case-print');
  await page.emulateMedia({ media: null });
}

async function tips(day, supervisor, officerDesk) {
  const { page } = supervisor;
  await day.go(supervisor, '/cases/new');
  await page.locator('[data-chip="tip"]').click({ timeout: soonMs });
  await supervisor.at('tip-anonymous').check();
  day.check('an anonymous tip asks for no name', (await page.locator('#name').count()) === 0);
  await page.fill('#subject', tip.subject);
  await page.fill('#fields-what', tip.what);
  await page.selectOption('#department_id', { label: 'กรมการค้าภายใน' });
  await now(supervisor, 'form-save').click();
  day.must('the tip is opened', await supervisor.shows('case-ref', soonMs), await supervisor.text('form-said'));
  const ref = (await supervisor.text('case-ref')).trim();
  for (const desk of [supervisor, officerDesk]) {
    await day.go(desk, `/cases/${ref}`);
    day.check('it is masked, and says so', (await desk.shows('masked', soonMs)) && (await desk.at('mask').count()) > 0);
    day.check('nothing of it is in the page', !(await desk.page.content()).includes('น้ำมันปาล์ม'));
  }
  await day.shoot(officerDesk, 'tip-masked');
  const reader = await day.as('tips');
  await day.go(reader, '/cases?kind=tip');
  day.check('its officer finds it in the list', await reader.met(reader.page.locator(`tr[data-ref="${ref}"]`, { hasText: tip.subject }).waitFor({ timeout: soonMs })));
  await reader.page.locator(`tr[data-ref="${ref}"] a`).first().click();
  day.check('and reads it', await reader.met(reader.page.getByText(tip.what).first().waitFor({ timeout: soonMs })));
  await day.shoot(reader, 'tip-read');
  const admin = await day.as('admin');
  await day.go(admin, `/cases/${ref}`);
  day.check('who opened it is told to those who may know', await admin.met(admin.at('readers').getByText('เจ้าหน้าที่รับแจ้งเบาะแส').first().waitFor({ timeout: soonMs })), await admin.text('readers'));
  await day.shoot(admin, 'tip-readers');
}

async function persons(day, desk, stored) {
  const { page } = desk;
  await day.go(desk, `/cases/${stored.ref}`);
  await desk.at('case-person').click({ timeout: soonMs });
  day.must('the person has a page', await desk.shows('person', soonMs));
  await desk.at('new-number').fill('038 611 042');
  await page.keyboard.press('Enter');
  day.check('a number is added', await desk.met(desk.at('numbers').getByText('038-611-042').waitFor({ timeout: soonMs })));
  await desk.at('numbers').getByRole('button', { name: 'ไม่ใช่คนนี้ 038-611-042' }).click();
  await answersDialog(desk, () => undefined);
  day.check('it is said not to be theirs', await desk.shows('take-back', soonMs));
  await desk.at('take-back').click();
  day.check('and taken back', await desk.met(desk.at('numbers').getByText('038-611-042').waitFor({ timeout: soonMs })));
  await page.fill('#person-notes', 'สะดวกหลัง 17:00 น.');
  await now(desk, 'form-save').click();
  day.check('notes are kept', await desk.becomes(async () => (await desk.get(api(`/contacts/${stored.contact_id}`))).notes === 'สะดวกหลัง 17:00 น.', soonMs), await desk.text('form-said'));
  await desk.at('note-consent').click();
  await desk.shows('ask', soonMs);
  await desk.met(page.locator('#consent-purpose option[value="notice"]').waitFor({ state: 'attached', timeout: soonMs }));
  await answersDialog(desk, () => page.selectOption('#consent-purpose', 'notice'));
  day.check('that the notice was told is noted', await desk.becomes(async () => (await desk.get(api(`/contacts/${stored.contact_id}`))).notice_due === false, soonMs));
  await day.shoot(desk, 'person');
}

async function editor(day, officerDesk) {
  await day.go(officerDesk, '/knowledge');
  await officerDesk.at('knowledge-search').fill(question);
  day.must('what nobody wrote is not found', await officerDesk.shows('tell-gap', soonMs));
  await officerDesk.at('tell-gap').click();
  day.check('and the editors are told', await officerDesk.shows('gap-said', soonMs));
  const desk = await day.as('editor');
  const { page } = desk;
  await day.go(desk, '/knowledge/gaps');
  const gap = page.locator('tr[data-gap]', { hasText: question });
  day.must('the editor has the question', await desk.met(gap.waitFor({ timeout: soonMs })));
  await day.shoot(desk, 'gaps');
  await gap.getByRole('link').first().click();
  day.check('its words are the title of an article', await desk.becomes(async () => (await page.locator('#title').count()) === 1 && (await page.locator('#title').inputValue()) === question, soonMs));
  await page.fill('#body', '## ค่าธรรมเนียม\n\n- **ไม่เกิน** 100 บาท\n\nดู https://www.moc.go.th');
  day.check('the preview is as it will be read', (await desk.at('preview').locator('b').textContent()) === 'ไม่เกิน' && (await desk.at('preview').locator('a').getAttribute('href')) === 'https://www.moc.go.th');
  await day.shoot(desk, 'source-edit');
  await desk.at('save-publish').click();
  day.must('it is published', await desk.shows('source', soonMs), await desk.text('form-said'));
  const id = new URL(page.url()).pathname.split('/').pop();
  const answered = await desk.get(api('/knowledge/gaps?status=answered'));
  day.check('and answers the question', answered.items?.some((one) => one.answered_by === id), JSON.stringify(answered).slice(0, 300));
  await officerDesk.at('knowledge-search').fill('');
  await officerDesk.at('knowledge-search').fill(question);
  day.check('the officer finds it now', await officerDesk.met(officerDesk.page.locator(`[data-source="${id}"]`).waitFor({ timeout: soonMs })));
  await desk.at('to-edit').click();
  await page.fill('#body', '## ค่าธรรมเนียม\n\nไม่มีค่าธรรมเนียม');
  await desk.at('save-publish').click();
  await desk.shows('to-versions', soonMs);
  await desk.at('to-versions').click();
  day.check('how it was before is kept', await desk.met(desk.at('versions').getByText('100 บาท').waitFor({ timeout: soonMs })));
  await day.shoot(desk, 'versions');
  await day.go(desk, '/knowledge/synonyms');
  await desk.at('new-synonym').fill('เรือประมง, เรือพื้นบ้าน');
  await page.keyboard.press('Enter');
  day.check('words for the same are kept', await desk.met(page.locator('[data-synonym]', { has: page.locator('input') }).first().waitFor({ timeout: soonMs })));
  await day.go(desk, `/knowledge/${id}`);
  await desk.at('retire').click();
  await answersDialog(desk, () => undefined);
  day.check('it is retired', await desk.becomes(async () => (await desk.get(api(`/knowledge/sources/${id}`))).status === 'retired', soonMs));
}

/** The demo's PBX lets nobody be dialled: what the page says of a call back is what the server said. */
async function agent(day) {
  const desk = await day.as(day.demo.login);
  const { page } = desk;
  await day.go(desk, '/cases/new');
  await page.fill('#subject', 'ผู้มาติดต่อด้วยตนเอง', { timeout: soonMs });
  await page.fill('#name', 'คุณผู้มาติดต่อ');
  await page.fill('#number', '081-999-0043');
  await now(desk, 'form-save').click();
  day.must('an agent opens a case', await desk.shows('case-call', soonMs), await desk.text('form-said'));
  await desk.at('case-call').click();
  day.check('a call back that cannot be says why', (await desk.shows('case-said', soonMs)) && (await desk.text('case-said')).includes('พร้อมรับสาย'), await desk.text('case-said'));
  await day.shoot(desk, 'call-back');
}

async function units(day, desk) {
  await day.go(desk, '/units');
  const row = desk.page.locator('tr[data-unit="DIT"]');
  day.check('the units say whether they are open', await desk.met(row.locator('[data-open]').waitFor({ timeout: soonMs })));
  await row.getByRole('link').first().click();
  day.check('and a unit its desks', await desk.met(desk.at('desks').getByText('2201').waitFor({ timeout: soonMs })));
  await day.shoot(desk, 'unit');
}

await live(async (day) => {
  const supervisor = await day.as('supervisor');
  const stored = await opens(day, supervisor);
  await plans(day, supervisor, stored);
  await today(day, supervisor, stored);
  const officerDesk = await day.as('officer');
  await officer(day, officerDesk, supervisor, stored);
  await tips(day, supervisor, officerDesk);
  await persons(day, supervisor, stored);
  await editor(day, officerDesk);
  await units(day, officerDesk);
  await agent(day);
}, 120_000);
