// The agent's desk: sign-in, ready, a call from its first ring to its record, and trouble.

import { attach, history, known, number, pop } from '../fake.mjs';

const fresh = { number: { canonical: '+6638611025', display: '038-611-025', class: 'landline' }, contact: null, history: [] };
const several = { contact: null, candidates: [known, { id: 'c2', prefix: 'นาย', given: 'ประเสริฐ', family: 'แก้วประเสริฐ', org: 'ร้านเกษตรระยอง' }] };
const lastRing = { ring: { elapsed_ms: 11200, period_ms: 5000, on_ms: 1000, limit: 3 } };
const anon = { number: { canonical: 'anon', display: 'ไม่แสดงเบอร์', class: 'anon' }, contact: null, history: [], via: { did: '1203', forwarded_by: null } };
const talking = (more = {}) => ({ presence: { state: 'talking' }, call: { id: 'A', state: 'talking', offered: pop(more), ring: { n: 2, of: 3 }, talk_ms: 134000 } });
const wrapUp = (more = {}) => ({ presence: { state: 'wrap_up' }, call: { id: 'A', state: 'wrap_up', offered: pop(more), talk_ms: 372000, wrapup_left_ms: 48000 } });
const written = { A: { version: 3, saved_at: '2026-11-23T08:12:04Z', body: { subject: 'ติดตามเรื่องป้ายแสดงราคาปุ๋ยเคมี', detail: 'สอบถามไว้เมื่อ 18 พ.ย. ยังไม่ได้รับคำตอบจากหน่วยงาน ขอให้ติดต่อกลับก่อนวันศุกร์', department_id: '3', extension: '5512', kind: 'inquiry', resolution: 'transferred' } } };
const owed = [
  { call: 'U1', number, contact: null, answered_at: '2026-11-23T02:12:00Z', talk_ms: 192000, draft: { version: 1, body: { prefix: 'นาย', given: 'ธีรศักดิ์', family: 'ภูมิฐาน', subject: 'ขอหนังสือรับรองถิ่นกำเนิดสินค้าเพื่อส่งออกทุเรียนไปจีน' } } },
  { call: 'U2', number: fresh.number, contact: null, answered_at: '2026-11-22T08:40:00Z', talk_ms: 61000, draft: null },
];
const ringing = (ring, more = {}) => async (_page, stage) => {
  stage.say('call.offered', pop(more), 'A');
  stage.say('call.ring', { n: ring, of: 3 }, 'A');
};

async function looksFor(page, key, typed) {
  await page.keyboard.press(key);
  await page.getByTestId('transfer-search').waitFor();
  await page.keyboard.type(typed);
  await page.waitForTimeout(400);
}
const transferring = () => async (page, stage) => {
  await looksFor(page, 'F7', '5512');
  await page.keyboard.press('Enter');
  stage.say('transfer.progress', { transfer_id: 'T1', state: 'requested', text_th: 'กำลังโอนสายไปที่ 5512', text_en: 'transferring to 5512' }, 'A');
  stage.say('transfer.progress', { transfer_id: 'T1', state: 'trying', text_th: 'กำลังติดต่อ 5512', text_en: 'trying 5512' }, 'A');
  stage.say('transfer.progress', { transfer_id: 'T1', state: 'ringing', text_th: 'ปลายทางกำลังดัง 5512', text_en: 'ringing at 5512' }, 'A');
  await page.getByTestId('transfer-card').waitFor();
};
const consulting = () => async (page, stage) => {
  await looksFor(page, 'Shift+F7', '5512');
  await page.keyboard.press('Enter');
  stage.say('consult.started', { transfer_id: 'T1', department: 'DIT', to: '5512' }, 'A');
  stage.say('transfer.progress', { transfer_id: 'T1', state: 'ringing', text_th: 'ปลายทางกำลังดัง 5512', text_en: 'ringing at 5512' }, 'A');
  stage.say('consult.answered', { transfer_id: 'T1', to: '5512' }, 'A');
  await page.getByTestId('consult-swap').waitFor();
};

/** Each state: how the server stands, and what happens then. */
export const states = {
  '01-signin': { signedIn: false, root: 'main' },
  '01-signin-refused': {
    signedIn: false,
    async then(page) {
      await page.fill('#login', 'supaporn');
      await page.fill('#password', 'wrong');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText(/./).first().waitFor();
    },
  },
  '02-readiness-locked': { snapshot: { presence: { state: 'offline' } }, unfinished: owed, wait: 'readiness' },
  '02-readiness-green': {
    snapshot: { presence: { state: 'offline' } },
    wait: 'readiness',
    async then(page) {
      await page.getByTestId('test-ring').click();
      await page.locator('[data-light="sound"][data-tone="good"]').waitFor();
    },
  },
  '02-readiness-no-phone': { snapshot: { presence: { state: 'offline' } }, lights: { device: false, database: false }, me: { device: 'phone:5021', devices: ['phone:5021'] }, wait: 'readiness' },
  '02-offline-desk': { snapshot: { presence: { state: 'offline' } }, async then(page) { await page.getByTestId('close-readiness').click(); } },
  '03-ready': { unfinished: owed },
  '03-ready-empty': {},
  '04-paused': { snapshot: { presence: { state: 'paused', reason: 'รับประทานอาหาร', since: '2026-11-23T05:02:00Z' } } },
  '04-paused-rona': {
    snapshot: { presence: { state: 'paused', reason: 'rona', since: '2026-11-23T05:02:00Z' } },
    async then(_page, stage) {
      stage.say('alert', { code: 'rona_paused', severity: 'warning', text_th: 'ระบบพักการรับสายให้ เพราะมีสายที่ไม่ได้รับติดต่อกัน กดพร้อมรับสายเมื่อกลับมา', text_en: 'You were paused because calls rang out. Press ready when you are back.' });
    },
  },
  '05-presence-menu': { then: (page) => page.getByTestId('presence').click() },
  '11-ringing': { then: ringing(2) },
  '11-ringing-new-last': { then: ringing(3, { ...fresh, ...lastRing }) },
  '11-ringing-several': { then: ringing(2, several) },
  '11-ringing-anon': { then: ringing(1, { ...anon, ring: { ...lastRing.ring, elapsed_ms: 300 } }) },
  '11-ringing-slow-database': { then: ringing(1, { ...fresh, looked_up: false }) },
  '11-lift': {
    async then(page, stage) {
      stage.refusals['POST /calls/A/answer'] = [409, 'answer_on_phone'];
      await ringing(2)(page, stage);
      await page.getByTestId('answer').waitFor();
      await page.keyboard.press('F2');
      await page.getByTestId('failure').waitFor();
    },
  },
  '11-ringing-while-writing': {
    unfinished: owed,
    async then(page, stage) {
      await page.getByTestId('unfinished-row').first().click();
      await page.getByTestId('record').waitFor();
      await ringing(2)(page, stage);
    },
  },
  '11-abandoned': {
    async then(page, stage) {
      await ringing(2)(page, stage);
      await page.getByTestId('answer').waitFor();
      stage.say('call.abandoned', {}, 'A');
      stage.say('presence.changed', { state: 'ready' });
    },
  },
  '12-talking-known': { snapshot: talking(), drafts: written },
  '12-talking-monitored': { snapshot: { ...talking(), call: { ...talking().call, monitored: { by: 'wilai', mode: 'whisper', state: 'on' } } }, drafts: written },
  '12-talking-new': { snapshot: talking(fresh) },
  '12-talking-several': { snapshot: talking(several) },
  '12-answers-typed': {
    snapshot: talking(),
    drafts: written,
    async then(page) {
      await page.getByTestId('answers-search').fill('ราคา');
      await page.locator('[data-source="s4"]').waitFor();
      await page.getByTestId('attach').first().click();
      await page.getByTestId('attached').waitFor();
    },
  },
  '12-answers-reading': {
    snapshot: talking(),
    drafts: written,
    async then(page) {
      await page.getByTestId('answers-search').fill('ป้าย');
      await page.keyboard.press('ArrowDown');
      await page.locator('[data-source="s1"] [data-hit]').click();
      await page.getByTestId('answer-reading').getByRole('heading').first().waitFor();
    },
  },
  '12-answers-none': {
    snapshot: talking(fresh),
    async then(page) {
      await page.getByTestId('answers-search').fill('ซซซ');
      await page.getByTestId('note-gap').click();
      await page.getByTestId('gap-noted').waitFor();
    },
  },
  '12-units': { snapshot: talking(), drafts: written, async then(page) { await page.locator('[data-tab="units"]').click(); } },
  '07-transfer-list': { snapshot: talking(), drafts: written, then: (page) => page.keyboard.press('F7') },
  '07-transfer-search': {
    snapshot: talking(),
    drafts: written,
    async then(page) {
      await looksFor(page, 'F7', 'การค้า');
      await page.locator('[name="transfer-reason"]').first().check({ force: true });
      await page.getByTestId('transfer-note').fill('ถามเรื่องป้ายแสดงราคาปุ๋ย ติดตามเรื่องเดิม');
      await page.getByTestId('transfer-search').focus();
    },
  },
  '07-transfer-topic-number': { snapshot: talking(), drafts: written, then: (page) => looksFor(page, 'F7', '5512') },
  '07-transfer-closed': {
    snapshot: talking(),
    drafts: written,
    async then(page, stage) {
      stage.refusals['POST /calls/A/transfer'] = [422, 'department_closed', { next_open: '2026-11-24T01:30:00Z', reason: 'hours' }];
      await looksFor(page, 'F7', 'ส่งเสริม');
      await page.keyboard.press('Enter');
      await page.getByTestId('unit-closed').waitFor();
    },
  },
  '07-transfer-rings': { snapshot: talking(), drafts: written, then: transferring() },
  '07-transfer-recalled': {
    snapshot: talking(),
    drafts: written,
    async then(page, stage) {
      await transferring()(page, stage);
      stage.say('transfer.progress', { transfer_id: 'T1', state: 'recalled', sip_code: 408, text_th: 'ปลายทางไม่มีผู้รับสาย (5512) ผู้โทรกลับมาที่คุณ', text_en: 'nobody answered (5512); the caller is back with you' }, 'A');
      stage.say('transfer.recalled', { reason: 'no_answer' }, 'A');
      await page.getByTestId('banner-recalled').waitFor();
    },
  },
  '07-transferred': {
    snapshot: talking(),
    drafts: {},
    async then(page, stage) {
      await transferring()(page, stage);
      stage.say('transfer.progress', { transfer_id: 'T1', state: 'answered', sip_code: 200, text_th: 'โอนสายสำเร็จไปที่ 5512', text_en: 'transferred to 5512' }, 'A');
      stage.say('call.ended', { by: 'kring', cause: 'transferred', talk_ms: 190000, transferred_to: '5512' }, 'A');
      stage.say('wrapup.opened', { draft: null, for_ms: 45000 }, 'A');
      await page.getByTestId('extension-filled').waitFor();
    },
  },
  '06-consult-search': { snapshot: talking(), drafts: written, then: (page) => looksFor(page, 'Shift+F7', 'ป้ายราคา') },
  '06-consult-talks': { snapshot: talking(), drafts: written, then: consulting() },
  '06-consult-three': {
    snapshot: talking(),
    drafts: written,
    async then(page, stage) {
      await consulting()(page, stage);
      stage.say('consult.turned', { transfer_id: 'T1', with: 'both' }, 'A');
      await page.getByText(/คุยกันสามสาย|All three/).first().waitFor();
    },
  },
  '03-news': {
    unfinished: owed,
    async then(page, stage) {
      stage.say('callback.asked', { queue: 'main' }, 'B');
      stage.say('call.overflowed', { to: 'department:DBD', why: 'queue_full' }, 'C');
      stage.say('callback.ended', { why: 'given_up', tries: 3 }, 'B');
      await page.getByTestId('news').waitFor();
    },
  },
  '12-dialling': {
    async then(page, stage) {
      stage.say('call.offered', pop({ outbound: { why: 'call_back', asked: 'Z', attempt: 1 } }), 'A');
      stage.say('call.dialling', {}, 'A');
      await page.getByTestId('talk-timer').waitFor();
    },
  },
  '13-wrapup': { snapshot: wrapUp(), drafts: written },
  '13-wrapup-new-missing': {
    snapshot: wrapUp(fresh),
    async then(page) {
      await page.getByTestId('confirm').click();
    },
  },
  '13-department-list': {
    snapshot: wrapUp(fresh),
    async then(page) {
      await page.locator('#department').click();
      await page.keyboard.type('การค้า');
    },
  },
  '13-no-case-asks': {
    snapshot: wrapUp(),
    drafts: written,
    async then(page) {
      await page.getByTestId('no-case').click();
      await page.locator('[data-item="wrong_number"]').click();
      await page.getByTestId('ask').waitFor();
    },
  },
  '13-clash': {
    snapshot: wrapUp(),
    drafts: structuredClone(written),
    async then(page, stage) {
      stage.drafts.A = { version: 9, body: { ...written.A.body, subject: 'ติดตามป้ายราคาปุ๋ย (พิมพ์จากอีกแท็บ)', resolution: 'follow_up' } };
      await page.locator('#subject').fill('ติดตามเรื่องป้ายแสดงราคาปุ๋ยเคมีร้านค้าปลีก');
      await page.locator('[data-testid="resolution"] label').first().click();
      await page.getByTestId('clash').waitFor();
    },
  },
  '11-ringing-complaints': { then: ringing(2, { open_complaints: { count: 2, refs: ['RY-2569-000101-7', 'RY-2569-000096-4'] }, notice_due: true }) },
  '11-ringing-restricted': { then: ringing(1, { history: [], restricted: true }) },
  '13-complaint': {
    snapshot: talking({ notice_due: true }),
    drafts: { A: { version: 3, saved_at: '2026-11-23T08:12:04Z', body: { subject: 'ร้านขายปุ๋ยไม่ปิดป้ายราคา', detail: '', department_id: '3', kind: 'complaint', fields: { respondent: 'ร้านเกษตรทรัพย์', goods_or_shop: 'ปุ๋ยเคมีสูตร 15-15-15', place: 'ตลาดสดเทศบาลนครระยอง', happened_on: '20/11/2569', complainant: { name: 'นางบุญมี ศรีสุข' } } } } },
    async then(page) {
      await page.getByTestId('notice-read').click();
      await page.locator('#notice-text p').first().waitFor();
    },
  },
  '13-complaint-below': {
    snapshot: wrapUp(),
    drafts: { A: { version: 3, saved_at: '2026-11-23T08:12:04Z', body: { subject: 'ร้านขายปุ๋ยไม่ปิดป้ายราคา', department_id: '3', kind: 'complaint', resolution: 'follow_up', plan: { channel: 'โทรศัพท์', note: 'แจ้งผลการตรวจร้าน' } } } },
    async then(page) {
      await page.getByTestId('confirm').click();
      await page.getByTestId('plan').scrollIntoViewIfNeeded();
    },
  },
  '13-tip-anonymous': { snapshot: wrapUp(), drafts: { A: { version: 3, saved_at: '2026-11-23T08:12:04Z', body: { subject: 'ขายสินค้าเกินราคาควบคุม', kind: 'tip', anonymous: true } } } },
  '14-follow-up': {
    snapshot: wrapUp(),
    drafts: written,
    async then(page) {
      await page.keyboard.press('Control+Enter');
      await page.getByTestId('after-follow').click();
      await page.getByTestId('follow-up-go').click();
    },
  },
  '14-video': {
    snapshot: wrapUp(),
    drafts: written,
    async then(page) {
      await page.keyboard.press('Control+Enter');
      await page.getByTestId('after-video').click();
      await page.locator('#video-officer').fill('คุณวิไล พงษ์ประเสริฐ');
    },
  },
  '14-confirmed': {
    snapshot: wrapUp(),
    drafts: written,
    async then(page, stage) {
      await page.keyboard.press('Control+Enter');
      await page.getByTestId('recorded').waitFor();
      stage.say('wrapup.confirmed', { case_ref: 'RY-2569-000124' }, 'A');
      stage.say('presence.changed', { state: 'ready' });
    },
  },
  '10-socket-lost-talking': {
    snapshot: talking(),
    drafts: written,
    async then(page, stage) {
      await page.getByTestId('talk-timer').waitFor();
      stage.cut();
      await page.getByTestId('banner-lost').waitFor();
      await page.locator('#detail').fill('พิมพ์ต่อระหว่างที่หน้าจอขาดการเชื่อมต่อ');
    },
  },
  '10-session-lapsed': {
    snapshot: talking(),
    drafts: written,
    async then(page, stage) {
      await page.locator('#detail').fill('พิมพ์ไว้ก่อนหมดเวลา');
      stage.signedIn = false;
      await stage.line.close({ code: 4401 });
      await page.getByTestId('sign-in-over').waitFor();
    },
  },
  '10-second-tab': {
    snapshot: talking(),
    drafts: written,
    async then(page) {
      const other = await page.context().newPage();
      await attach(other, { snapshot: talking(), drafts: written });
      await other.goto(page.url());
      await other.getByTestId('work-here').click();
      await page.bringToFront();
      await page.getByTestId('banner-watching').waitFor();
    },
  },
  '10-draining': { snapshot: { presence: { state: 'ready' }, draining: true } },
};
