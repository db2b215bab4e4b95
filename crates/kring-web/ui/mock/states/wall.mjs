// The wallboard: a busy afternoon, the first minute of a day, trouble, and a large centre.

import { boss } from './calls.mjs';

const ago = (s) => new Date(Date.now() - s * 1000).toISOString();
const mobile = (display) => ({ canonical: `+66${display.replaceAll('-', '').slice(1)}`, display, class: 'mobile' });
const call = (id, state, number, name, more = {}) => ({ id, state, queue: 'main', ring: null, of: null, number: number && mobile(number), name, did: '1203', forwarded_by: '1203', agent: null, agent_name: null, connected_to: null, ringing_at: [], since: ago(10), wait_ms: 11000, talk_ms: null, held: false, ...more });
const talking = (agent, agent_name, s, more = {}) => ({ agent, agent_name, talk_ms: s * 1000, ...more });
const seat = (login, name, state, s, more = {}) => ({ login, name, device: null, state, reason: null, since: ago(s), call: null, screen: 'alive', dead_ms: null, registered: null, queues: [], ...more });
const seats = [
  seat('supaporn', 'สุภาพร ใจดี', 'talking', 134), seat('natthawut', 'ณัฐวุฒิ ศรีสุข', 'talking', 408), seat('jiraporn', 'จิราภรณ์ มั่นคง', 'talking', 52),
  seat('thanakorn', 'ธนากร พูลผล', 'ringing', 3, { call: 'L2' }), seat('waranya', 'วรัญญา แสงทอง', 'wrap_up', 41), seat('anucha', 'อนุชา วัฒนา', 'talking', 697, { screen: 'dead', dead_ms: 40000 }),
  seat('pimchanok', 'พิมพ์ชนก เรืองศรีสวัสดิ์วัฒนา', 'ringing', 1, { call: 'L1' }), seat('kittiya', 'กิตติยา บุญมี', 'paused', 1082, { reason: 'ประชุม' }), seat('piyada', 'ปิยะดา ทองสุก', 'ready', 200, { registered: false }),
  seat('somsak', 'สมศักดิ์ ดีงาม', 'offline', 9000, { since: null, screen: 'none' }),
];
const counts = [18, 27, 33, 36, 30, 21, 14, 10, 12, 24, 31, 29, 22, 11];
const missed = [0, 1, 2, 5, 2, 1, 0, 0, 0, 2, 4, 3, 1, 1];
const opened = Date.parse('2026-11-23T01:30:00Z');
const board = () => ({
  at: ago(0), day: '2026-11-23',
  ring_rule: { decided: 305, within: 296, within_pct: 97.0, target_pct: 95, rescued: 9, refused: 0, breached: 0, abandoned: [4, 3, 6] },
  oldest: { call: 'L1', wait_ms: 11000, ring: 3, of: 3 },
  unfinished: { count: 6, under_15_min: 3, under_60_min: 2, over_60_min: 1, oldest: [
    { call: 'U1', agent: 'kittiya', agent_name: 'กิตติยา บุญมี', number: mobile('092-118-4406'), since: ago(4320), why: 'page_gone' },
    { call: 'U2', agent: 'anucha', agent_name: 'อนุชา วัฒนา', number: mobile('086-330-4417'), since: ago(2040), why: 'open' },
    { call: 'U3', agent: 'thanakorn', agent_name: 'ธนากร พูลผล', number: null, since: ago(1260), why: 'expired' },
  ] },
  calls: [
    call('L1', 'ringing', '038-611-025', null, { ring: 3, of: 3, ringing_at: ['pimchanok', 'piyada'] }), call('L2', 'ringing', '089-774-1250', 'นายประเสริฐ ทองคำ', { ring: 1, of: 3, ringing_at: ['thanakorn'], wait_ms: 3000 }),
    call('L3', 'waiting', '095-402-6613', 'นางสาวศิริพร ภู่ทอง', { wait_ms: 41000 }), call('T1', 'talking', '081-234-5678', 'นางสาวกมลชนก แก้วประเสริฐสุขสวัสดิ์', talking('supaporn', 'สุภาพร ใจดี', 134)),
    call('T2', 'talking', '02-507-7000', 'บริษัทรุ่งเรืองการเกษตร จำกัด', talking('natthawut', 'ณัฐวุฒิ ศรีสุข', 408, { queue: 'จดทะเบียน', held: true })), call('T3', 'talking', null, null, talking('jiraporn', 'จิราภรณ์ มั่นคง', 52)),
    call('T4', 'talking', '086-330-4417', 'นางบุญเรือน สุขสำราญ', talking('anucha', 'อนุชา วัฒนา', 697)),
  ],
  seats, half_hours: counts.map((n, i) => ({ at: new Date(opened + i * 1_800_000).toISOString(), within: n - missed[i], other: missed[i] })),
  transfers: { failed: 9, total: 63, failing: [
    { department: 'DIP', name_th: 'กรมทรัพย์สินทางปัญญา', name_en: 'Department of Intellectual Property', extension: '4600', sip_code: 486, failed: 5, total: 9 },
    { department: 'DITP', name_th: 'กรมส่งเสริมการค้าระหว่างประเทศ', name_en: 'Department of International Trade Promotion', extension: '8150', sip_code: 408, failed: 2, total: 4 },
    { department: null, name_th: null, name_en: null, extension: '5512', sip_code: null, failed: 2, total: 11 },
  ] },
  callbacks_due: 2, lines: [{ name: 'pbx', up: true, registered: null }],
});
const shown = (of) => ({ ...boss, answers: { 'GET /wallboard': of }, at: 'wallboard', wait: 'headline' });
const quiet = () => ({
  ...board(), ring_rule: { decided: 0, within: 0, within_pct: null, target_pct: 95, rescued: 0, refused: 0, breached: 0, abandoned: [0, 0, 0] }, oldest: null, calls: [], half_hours: [], callbacks_due: 0,
  unfinished: { count: 0, under_15_min: 0, under_60_min: 0, over_60_min: 0, oldest: [] }, transfers: { failed: 0, total: 0, failing: [] }, seats: seats.map((one) => ({ ...one, state: 'offline', since: null, screen: 'none', registered: null })),
});
const large = () => ({ ...board(), seats: Array.from({ length: 60 }, (_, i) => ({ ...seats[i % 9], login: `a${i}`, call: null })), calls: Array.from({ length: 24 }, (_, i) => ({ ...board().calls[i % 7], id: `C${i}` })) });

export const states = {
  '32-wall': shown(board),
  '32-wall-monitored': shown(() => { const of = board(); of.calls[3].monitor = { by: 'prapas', name: 'ประภาส วงศ์ไทย', mode: 'whisper', state: 'on' }; of.calls[5].monitor = { by: 'prasit', name: 'ประสิทธิ์ มีชัย', mode: 'listen', state: 'on' }; return of; }),
  '32-wall-quiet': shown(quiet),
  '32-wall-large': shown(large),
  '32-wall-trouble': shown(() => ({ ...board(), ring_rule: { ...board().ring_rule, within: 240, within_pct: 78.7, rescued: 60, breached: 1 }, lines: [{ name: 'pbx', up: false, registered: null, last_error: 'no answer from 192.0.2.2:5060' }, { name: 'มือถือ', up: true, registered: false, last_error: '403 Forbidden' }] })),
  '32-wall-failed': { ...boss, answers: { 'GET /wallboard': [503, 'database_away', { title_th: 'ฐานข้อมูลไม่ตอบ ลองใหม่อีกครั้ง' }] }, at: 'wallboard', wait: 'load-failed' },
};
