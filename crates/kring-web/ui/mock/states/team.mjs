// The team: states, records owed, call-backs; asked for, refused, empty.

import { agents, boss } from './calls.mjs';

const ago = (s) => new Date(Date.now() - s * 1000).toISOString();
const mobile = (display) => ({ canonical: `+66${display.replaceAll('-', '').slice(1)}`, display, class: 'mobile' });
const stands = ['talking', 'talking', 'wrap_up', 'ringing', 'ready', 'talking', 'ready', 'paused', 'offline'];
const people = agents.map((agent, i) => ({ ...agent, state: stands[i], reason: stands[i] === 'paused' ? 'ประชุม' : null, since: ago([134, 408, 41, 3, 200, 697, 61, 1082, 0][i]), screen: stands[i] !== 'offline', devices: i === 2 ? ['pbx:5023', 'phone:jiraporn-home'] : i === 8 ? [] : agent.devices }));
const draft = (subject) => ({ version: 2, body: { prefix: 'นาย', given: 'ธีรศักดิ์', family: 'ภูมิฐาน', subject } });
const owed = [
  { call: 'U1', agent: 'kittiya', number: mobile('092-118-4406'), contact: null, answered_at: ago(5000), ended_at: ago(4320), talk_ms: 300000, draft: draft('ขอหนังสือรับรองถิ่นกำเนิดสินค้าเพื่อส่งออกทุเรียนไปจีนและขอคำปรึกษาเรื่องพิกัดศุลกากร') },
  { call: 'U2', agent: 'anucha', number: mobile('086-330-4417'), contact: { id: 'c', prefix: 'นาง', given: 'บุญเรือน', family: 'สุขสำราญ' }, answered_at: ago(2100), ended_at: ago(2040), talk_ms: 60000, draft: null },
  { call: 'U3', agent: 'thanakorn', number: null, contact: null, answered_at: ago(1300), ended_at: ago(1260), talk_ms: 40000, draft: null },
];
const callbacks = [
  { id: 'B1', number: mobile('081-940-0057'), did: '1203', queue: 'main', since: ago(3000), state: 'resting', tries: 1, next_at: ago(-600), placed: null },
  { id: 'B2', number: mobile('064-915-2208'), did: '1203', queue: 'จดทะเบียน', since: ago(900), state: 'waiting', tries: 0, next_at: null, placed: null },
  { id: 'B3', number: mobile('095-402-6613'), did: '1203', queue: 'main', since: ago(4000), state: 'calling', tries: 2, next_at: null, placed: 'X' },
];
const base = { ...boss, me: { ...boss.me, pause_reasons: ['รับประทานอาหาร', 'ห้องน้ำ', 'ประชุม', 'อบรม', 'งานเอกสาร'] } };
const answers = {
  'GET /agents': { items: people }, 'GET /unfinished': { items: owed }, 'GET /callbacks': { items: callbacks },
  'POST /agents/*/presence': ({ body }) => ({ state: body.state, reason: body.reason ?? null, after_call: true }),
  'POST /unfinished/*/hand-over': [409, 'record_open', { title_th: 'เจ้าหน้าที่กำลังบันทึกอยู่ รอให้เสร็จหรือออกจากหน้านั้นก่อน' }],
};
const asks = (login) => async (page) => page.locator(`[data-login="${login}"] [data-act="change"]`).click();

export const states = {
  '33-team': { ...base, answers, at: 'team', wait: 'people' },
  '33-team-admin': { ...base, me: { ...base.me, roles: ['admin'] }, answers, at: 'team', wait: 'people' },
  '33-team-force': { ...base, answers, at: 'team', wait: 'people', then: asks('supaporn') },
  '33-team-forced': {
    ...base, answers, at: 'team', wait: 'people',
    async then(page) {
      await asks('supaporn')(page);
      await page.getByTestId('ask-yes').click();
      await page.getByTestId('done').waitFor();
    },
  },
  '33-team-records': { ...base, answers, at: 'team?part=records', wait: 'owed' },
  '33-team-hand-over-refused': {
    ...base, answers, at: 'team?part=records', wait: 'owed',
    async then(page) {
      await page.locator('[data-call="U2"] [data-act="hand-over"]').click();
      await page.locator('#hand-over-to').selectOption('waranya');
      await page.getByTestId('ask-yes').click();
      await page.getByTestId('ask').getByRole('alert').waitFor();
    },
  },
  '33-team-callbacks': { ...base, answers, at: 'team?part=callbacks', wait: 'callbacks' },
  '33-team-callbacks-none': { ...base, answers: { ...answers, 'GET /callbacks': { items: [] } }, at: 'team?part=callbacks', wait: 'empty' },
};
