#!/usr/bin/env node
// A supervisor's day: the floor at a glance, a call followed to its end and looked into, states of others, a record
// handed over, and the reports with the calls behind each figure. A real daemon, real browsers.
// Usage: node tests/console/lead_day.mjs [--shots DIR]. KRINGD: the binary; CHROMIUM: the browser.
// Exit code 0 when every check passed, 1 when one failed, 2 when the test could not begin.

import { live, soonMs } from './day.mjs';

/** Every few seconds a citizen calls; one is over within half a minute. */
const callWithinMs = 30_000;
const overWithinMs = 45_000;
/** The demo has calls of other days, too. */
const sinceMs = 600_000;
const api = (path) => `/api/v1${path}`;
const items = async (desk, path) => (await desk.get(api(path))).items ?? [];
const thaiDigits = (text) => text.replace(/\d/g, (digit) => '๐๑๒๓๔๕๖๗๘๙'[digit]);
const todayIn = () => new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
const bytes = async (desk, href) => {
  const answer = await desk.page.request.get(new URL(href, desk.page.url()).href);
  return { status: answer.status(), body: await answer.body() };
};

async function floor(day, desk) {
  await day.go(desk, '/wallboard');
  day.must('the wallboard has figures', await desk.shows('headline', soonMs), await desk.text('load-failed'));
  const row = desk.page.locator('[data-testid="live-calls"] tr[data-call]').first();
  day.must('a call that goes on stands on it', await desk.met(row.waitFor({ timeout: callWithinMs })));
  const id = await row.getAttribute('data-call');
  const time = async () => desk.page.locator(`[data-testid="live-calls"] tr[data-call="${id}"] td`).last().textContent({ timeout: soonMs });
  const first = await time();
  day.check('and its time counts on', await desk.becomes(async () => (await time().catch(() => first)) !== first, soonMs), first);
  const board = await desk.get(api('/wallboard'));
  const seats = await desk.page.locator('[data-testid="seats"] [data-login]').evaluateAll((found) => found.map((seat) => seat.dataset.login));
  const there = board.seats.filter((seat) => seat.state !== 'offline').map((seat) => seat.login);
  day.check('the seats are those that REST tells', JSON.stringify(seats.sort()) === JSON.stringify(there.sort()), `${seats} / ${there}`);
  day.check('the half hours are drawn', await desk.met(desk.page.locator('.u-wrap canvas').waitFor({ timeout: soonMs })));
  await day.shoot(desk, 'wallboard');
}

/** A call that just began, watched from the log to its end. */
async function followed(day, desk) {
  await day.go(desk, '/calls');
  const ringing = desk.page.locator('[data-testid="call-rows"] tr[data-state="ringing"]').first();
  day.must('the log has a call that rings', await desk.met(ringing.waitFor({ timeout: callWithinMs })));
  const id = await ringing.getAttribute('data-call');
  await ringing.getByRole('link').first().click();
  day.must('its page has the time axis', await desk.shows('axis', soonMs), await desk.text('load-failed'));
  day.check('and says that it goes on', await desk.shows('call-live', soonMs));
  await day.shoot(desk, 'call-live');
  const over = await desk.becomes(async () => (await desk.get(api(`/calls/${id}`))).state === 'ended', overWithinMs);
  day.must('the call comes to its end', over);
  day.check('and the page with it', await desk.met(desk.at('call-live').waitFor({ state: 'hidden', timeout: soonMs })));
  return id;
}

/** Looks into an answered call: sentence, messages by the keyboard, hash check, capture, facts. */
async function lookedInto(day, desk) {
  let row;
  const inTime = async () => (row = (await items(desk, '/calls?limit=60&state=ended')).find((one) => one.result === 'within' && Date.now() - Date.parse(one.arrived_at) < sinceMs)) !== undefined;
  day.must('a call was answered in time', await desk.becomes(inTime, overWithinMs));
  await day.go(desk, `/calls/${row.id}`);
  day.must('its page is there', await desk.shows('told', soonMs));
  const evidence = await desk.get(api(`/calls/${row.id}/evidence`));
  const agent = (await items(desk, '/agents')).find((one) => one.login === row.agent);
  day.check('it is told in a sentence, with the name', (await desk.text('told')).includes(agent?.name ?? row.agent), await desk.text('told'));
  day.check('the margin is that of the evidence', (await desk.text('evidence')).includes((evidence.margin_ms / 1_000).toFixed(3)), await desk.text('evidence'));
  day.check('the journal is as it was written', (await desk.at('chain').getAttribute('data-whole')) === 'true');
  const ladder = await desk.get(api(`/calls/${row.id}/ladder`));
  const rungs = desk.page.locator('[data-testid="ladder"] [data-n]');
  day.check('the ladder has every message', await desk.becomes(async () => (await rungs.count()) === ladder.messages.length, soonMs), String(await rungs.count()));
  await rungs.first().focus();
  await desk.page.keyboard.press('ArrowRight');
  await desk.page.keyboard.press('ArrowLeft');
  await desk.page.keyboard.press('Enter');
  const raw = desk.at('raw').locator('pre');
  day.check('Enter reads a message in full', (await desk.met(raw.waitFor({ timeout: soonMs }))) && (await raw.textContent()).startsWith('INVITE sip:'));
  await day.shoot(desk, 'call-message');
  await desk.page.keyboard.press('Escape');
  day.check('Escape closes it', await desk.met(desk.at('raw').waitFor({ state: 'detached', timeout: soonMs })) || !(await desk.at('raw').isVisible()));
  const capture = await bytes(desk, await desk.at('pcap').getAttribute('href'));
  day.check('the capture is one', capture.status === 200 && ['d4c3b2a1', 'a1b2c3d4', '4d3cb2a1', 'a1b23c4d'].includes(capture.body.subarray(0, 4).toString('hex')), capture.body.subarray(0, 4).toString('hex'));
  await desk.at('facts').locator('summary').click();
  const facts = await items(desk, `/calls/${row.id}/events`);
  const listed = desk.page.locator('[data-testid="facts"] tbody tr');
  day.check('every fact is listed', await desk.becomes(async () => (await listed.count()) >= facts.length, soonMs), `${await listed.count()} / ${facts.length}`);
  await day.shoot(desk, 'call');
  return row;
}

async function found(day, desk, row) {
  const rows = desk.page.locator('[data-testid="call-rows"] tr[data-call]');
  const shownIds = () => rows.evaluateAll((all) => all.map((one) => one.dataset.call));
  const agrees = (wanted) => desk.becomes(async () => {
    const ids = await shownIds();
    return ids.length > 0 && (await wanted(ids));
  }, soonMs);
  await day.go(desk, '/calls');
  await desk.page.locator('[data-chip="answered"]').click();
  const calls = async (ids) => Promise.all(ids.map((id) => desk.get(api(`/calls/${id}`))));
  day.check('a filter leaves what it says', await agrees(async (ids) => (await calls(ids.slice(0, 5))).every((call) => call.outcome === 'answered')));
  await desk.page.reload();
  day.check('and holds over a reload, for it stands in the address', (await desk.page.locator('[data-chip="answered"]').getAttribute('aria-pressed', { timeout: soonMs })) === 'true');
  await desk.page.locator('[data-chip="all"]').click();
  await desk.at('calls-search').fill(thaiDigits(row.number.display));
  const same = (ids) => calls(ids.slice(0, 5)).then((all) => all.every((call) => call.number?.canonical === row.number.canonical));
  day.check('a number is found as it is spelt in Thai digits', await agrees(async (ids) => ids.includes(row.id) && (await same(ids))), String(await shownIds()));
  await desk.at('calls-search').fill('');
  await desk.at('calls-agent').selectOption(row.agent);
  day.check('calls of one agent', await agrees(async (ids) => (await calls(ids.slice(0, 5))).every((call) => call.agent === row.agent)));
  await day.shoot(desk, 'calls');
}

/** An agent sees their own calls only. */
async function ownOnly(day, desk, row) {
  await day.go(desk, '/calls');
  day.check('an agent who took none sees none', await desk.shows('empty', soonMs));
  await day.go(desk, `/calls/${row.id}`);
  day.check('and not those of others', await desk.shows('load-failed', soonMs));
  await day.go(desk, '/');
}

async function force(day, desk, login, wish) {
  await desk.page.locator(`[data-login="${login}"] [data-act="change"]`).click({ timeout: soonMs });
  await desk.page.locator(`[name="wish"][value="${wish}"]`).check({ force: true });
  await desk.at('ask-yes').click();
  return desk.shows('done', soonMs);
}
const stateOf = async (desk, login) => (await items(desk, '/agents')).find((one) => one.login === login)?.state;

/** The browser lets no page sound before somebody pressed something. */
async function makesReady(day, agent) {
  await agent.at('test-ring').click({ timeout: soonMs }).catch(() => undefined);
  await agent.page.locator('[data-testid="go-ready"]:not(:disabled)').click({ timeout: soonMs }).catch(() => undefined);
  day.must('the newcomer is ready', (await agent.comesTo(['ready', 'ringing', 'talking'], soonMs)) !== null, await agent.text('call-bar'));
}

/** Everybody else is paused, so that the next call is the newcomer's, who leaves the record for later. */
async function handedOver(day, desk, agent) {
  await makesReady(day, agent);
  await day.go(desk, '/team');
  for (const login of ['malee', 'somchai']) {
    day.must(`${login} is asked to pause, and it is said`, await force(day, desk, login, 'paused'), await desk.text('ask'));
  }
  await day.shoot(desk, 'team');
  day.check('which holds when their calls are over', await desk.becomes(async () => (await stateOf(desk, 'malee')) === 'paused' && (await stateOf(desk, 'somchai')) === 'paused', overWithinMs));
  const phase = await agent.comesTo(['ringing'], callWithinMs);
  day.must('the next call rings at the newcomer', phase === 'ringing');
  await agent.page.keyboard.press('F2');
  day.must('who answers', (await agent.comesTo(['talking'], soonMs)) === 'talking');
  const call = await agent.call();
  await agent.page.locator('#subject').fill('เรื่องที่ผู้อื่นจะทำต่อ');
  await agent.page.waitForFunction(() => document.querySelector('[data-testid="saved"]')?.getAttribute('data-kept') === 'server', undefined, { timeout: soonMs });
  await agent.page.keyboard.press('F9');
  day.must('hangs up', (await agent.comesTo(['wrapup'], soonMs)) === 'wrapup');
  await agent.at('finish-later').click({ timeout: soonMs });
  await day.go(desk, '/team?part=records');
  const owed = desk.page.locator(`[data-testid="owed"] tr[data-call="${call}"]`);
  day.must('the record that is owed stands in the list, with what was typed', await desk.met(owed.getByText('เรื่องที่ผู้อื่นจะทำต่อ').waitFor({ timeout: soonMs })), await desk.text('owed'));
  await owed.locator('[data-act="hand-over"]').click();
  await desk.page.locator('#hand-over-to').selectOption('malee');
  await desk.at('ask-yes').click();
  const given = await desk.shows('done', soonMs);
  day.check('it is handed over', given, await desk.text('ask'));
  const owner = await desk.becomes(async () => (await items(desk, '/unfinished?agent=*')).find((one) => one.call === call)?.agent === 'malee', soonMs);
  day.check('and REST says whose it is now', owner, JSON.stringify(await items(desk, '/unfinished?agent=*')));
  await day.shoot(desk, 'team-records');
  await day.go(desk, '/team?part=callbacks');
  day.check('nobody waits for a call-back', await desk.shows('empty', soonMs));
  await day.go(desk, '/team');
  for (const login of ['malee', 'somchai']) await force(day, desk, login, 'ready');
  day.check('they take calls again', await desk.becomes(async () => !['paused', 'offline'].includes(await stateOf(desk, 'somchai')), soonMs));
}

async function reported(day, desk) {
  const today = todayIn();
  await day.go(desk, `/reports/ring-rule?from=${today}&to=${today}`);
  day.must('the ring rule is reported', await desk.shows('report-table', soonMs), await desk.text('load-failed'));
  day.check('with its heat map', await desk.shows('heat', soonMs));
  day.check('and the agents', await desk.shows('agent-table', soonMs));
  await day.shoot(desk, 'reports');
  const link = desk.page.locator('[data-testid="report-table"] a[data-row="0"]');
  const { rows } = await desk.get(api(`/reports/ring-rule?from=${today}&to=${today}&by=day`));
  await link.click();
  day.must('a row leads to its calls', await desk.shows('call-rows', soonMs));
  const asked = new URL(desk.page.url());
  const behind = await items(desk, `/calls${asked.search}&limit=200`);
  day.check('as many as the row says, or those that came since', behind.length >= rows[0].calls && rows[0].calls > 0, `${behind.length} / ${rows[0].calls}`);
  await day.go(desk, `/reports/agents`);
  const malee = desk.page.locator('[data-testid="agent-table"] [data-agent="malee"]');
  day.check('an agent is reported by name', await desk.met(malee.getByText('มาลี').waitFor({ timeout: soonMs })));
  const csv = await bytes(desk, await desk.at('csv').getAttribute('href'));
  day.check('CSV has a byte order mark and พ.ศ.', csv.status === 200 && csv.body.subarray(0, 3).toString('hex') === 'efbbbf', csv.body.subarray(0, 80).toString());
  const xlsx = await bytes(desk, await desk.at('xlsx').getAttribute('href'));
  day.check('XLSX is a workbook', xlsx.status === 200 && xlsx.body.subarray(0, 2).toString() === 'PK');
  await desk.page.getByRole('button', { name: 'ทั้งปี' }).click();
  const from = await desk.at('period').getAttribute('data-from');
  day.check('a fiscal year begins on 1 October', from.endsWith('-10-01'), from);
  for (const name of ['abandoned', 'transfers', 'topics', 'repeat-callers', 'knowledge-gaps', 'sla']) {
    await desk.page.locator(`[data-tab="${name}"]`).click();
    const shown = await desk.met(desk.page.locator('[data-testid="report-table"], [data-testid="empty"]').waitFor({ timeout: soonMs }));
    day.check(`${name} is reported`, shown, await desk.text('load-failed'));
  }
}

/** Only an administrator signs others out. */
async function signedOut(day, agent) {
  const admin = await day.as('admin');
  await day.go(admin, '/team');
  await admin.page.locator('[data-login="demo"] [data-act="sign-out"]').click({ timeout: soonMs });
  await admin.at('ask-yes').click();
  day.check('an administrator signs somebody out', await admin.shows('done', soonMs), await admin.text('ask'));
  day.check('whose page says so', await agent.met(agent.page.locator('#password').waitFor({ timeout: soonMs })));
}

await live(async (day) => {
  const supervisor = await day.as('supervisor');
  await floor(day, supervisor);
  await followed(day, supervisor);
  const row = await lookedInto(day, supervisor);
  await found(day, supervisor, row);
  const agent = await day.as('demo');
  await ownOnly(day, agent, row);
  await handedOver(day, supervisor, agent);
  await reported(day, supervisor);
  await signedOut(day, agent);
}, 170_000);
