// The reports: a fiscal year, a month, a day; a long table; empty, refused.

import { agents, boss } from './calls.mjs';

const column = (key, th, en, unit) => ({ key, th, en, unit });
const calls = column('calls', 'จำนวนสาย', 'Calls', 'count');
const within = [column('within', 'รับภายใน 3 ครั้ง', 'Within 3 rings', 'count'), column('within_pct', 'รับภายใน 3 ครั้ง (%)', 'Within 3 rings, %', 'pct')];
const rule = [calls, ...within, column('rescued', 'รับไว้ในระบบรอสาย', 'Kept in queue', 'count'), column('refused', 'แจ้งสายไม่ว่าง', 'Refused', 'count'), column('breached', 'รับเกินกำหนด', 'Answered late', 'count'), column('abandoned', 'ผู้โทรวางสายก่อน', 'Abandoned', 'count'), column('wait_ms_avg', 'เวลารอสายเฉลี่ย', 'Mean wait', 'ms')];
const head = (report, by) => ({ report, from: '2026-10-01', to: '2026-11-23', zone: 'Asia/Bangkok', by, made_at: '2026-11-23T08:12:00Z', link_counts: 'calls' });
const link = '/calls?from=2026-11-22T17:00:00Z&until=2026-11-23T17:00:00Z&result=any';
const heat = [
  [98.1, 95.2, 87.4, 93.8, 91.2, 90.6, 96.3, 97.8, 99.0], [99.2, 97.1, 94.1, 96.6, 94.0, 95.4, 98.2, 98.9, 99.4], [99.0, 98.3, 95.9, 97.4, 92.7, 97.0, 98.8, 99.1, 100], [98.8, 97.6, 96.2, 97.9, 95.1, 96.4, 97.7, 98.6, 99.5], [97.9, 96.4, 93.6, 95.8, 90.1, 94.2, 96.9, 98.4, 99.1],
];
const volume = [121, 318, 402, 290, 96, 301, 284, 212, 88];
const people = [[1482, 98.9, 71, 23, 6, 1], [1377, 97.8, 62, 29, 9, 3], [1310, 97.1, 58, 31, 11, 4], [1295, 96.4, 55, 32, 13, 6], [1204, 94.2, 41, 38, 21, 14], [986, 93.5, 39, 37, 24, 11], [262, 96.9, 57, 32, 11, 1], [214, 97.4, 60, 30, 10, 0], [175, null, 0, 0, 0, 0]];
const total = { calls: 9051, within: 8305, within_pct: 96.0, rescued: 344, refused: 0, breached: 0, abandoned: 402, abandoned_1: 118, abandoned_2: 97, abandoned_3: 187, wait_ms_avg: 5200 };
const byDay = { ...head('ring-rule', 'day'), columns: [column('day', 'วันที่', 'Day', 'date'), ...rule], rows: Array.from({ length: 23 }, (_, i) => ({ day: `2026-11-${String(i + 1).padStart(2, '0')}`, calls: 300 + i, within: 290, within_pct: i % 6 === 5 ? 93.1 : 97.2, rescued: 9, refused: 0, breached: 0, abandoned: 13, wait_ms_avg: 5100, link })), total };
const byAgent = { ...head('agents', 'agent'), columns: [column('login', 'รหัสเจ้าหน้าที่', 'Login', 'text')], rows: agents.map((agent, i) => ({ login: agent.login, name: agent.name, calls: people[i][0], within_pct: people[i][1], ring_1: people[i][2] * 10, ring_2: people[i][3] * 10, ring_3: people[i][4] * 10, rona: people[i][5], talk_ms_avg: 185000 + i * 9000, wrapup_ms_avg: 41000, cases: people[i][0] - 20, link })), total: null };
const byHeat = { ...head('ring-rule', 'heat'), columns: [], rows: heat.flatMap((row, d) => row.map((pct, h) => ({ weekday: d + 1, hour: h + 8, calls: volume[h] - d * 9, within: 1, within_pct: pct, link }))), total: null };
const units = [['DIT', 'กรมการค้าภายใน', 'Department of Internal Trade', 812], ['DBD', 'กรมพัฒนาธุรกิจการค้า', 'Department of Business Development', 640], ['DITP', 'กรมส่งเสริมการค้าระหว่างประเทศ', 'Department of International Trade Promotion', 121]];
const topics = { ...head('topics', 'department'), columns: [column('department', 'หน่วยงาน (ชื่อย่อ)', 'Department', 'text'), column('name_th', 'หน่วยงาน', 'Department (Thai)', 'text'), column('name_en', 'หน่วยงาน (อังกฤษ)', 'Department (English)', 'text'), column('cases', 'จำนวนเรื่อง', 'Cases', 'count'), column('calls', 'เรื่องที่มาทางโทรศัพท์', 'By telephone', 'count'), column('inquiry', 'สอบถาม', 'Inquiries', 'count'), column('complaint', 'ร้องเรียน/ร้องทุกข์', 'Complaints', 'count')], rows: units.map(([department, name_th, name_en, cases]) => ({ department, name_th, name_en, cases, calls: cases - 9, inquiry: cases - 40, complaint: 31, link })), total: { cases: 1573, calls: 1546, inquiry: 1453, complaint: 93 } };
const callers = { ...head('repeat-callers', 'number'), columns: [column('number', 'หมายเลขโทรศัพท์', 'Number', 'text'), column('name', 'ชื่อ', 'Name', 'text'), calls, column('unanswered', 'ไม่ได้สนทนา', 'Unanswered', 'count'), column('first', 'โทรครั้งแรก', 'First', 'date'), column('last', 'โทรล่าสุด', 'Last', 'date')], rows: [{ number: '+66812345678', name: 'นางสาวกมลชนก แก้วประเสริฐ', calls: 9, unanswered: 2, first: '2026-11-01', last: '2026-11-22', link }, { number: '+66895550123', name: null, calls: 4, unanswered: 0, first: '2026-11-03', last: '2026-11-19', link: null }], total: null };
const answers = {
  'GET /reports/ring-rule': ({ query }) => (query.get('by') === 'heat' ? byHeat : query.get('from') < '2026' ? { ...byDay, total: { ...total, calls: 8704, within_pct: 94.8 } } : byDay),
  'GET /reports/agents': byAgent, 'GET /reports/topics': topics, 'GET /reports/repeat-callers': callers,
  'GET /reports/*': ({ parts: [name] }) => ({ ...head(name, 'day'), columns: [column('day', 'วันที่', 'Day', 'date'), calls], rows: [], total: null }),
  'GET /wallboard': { ring_rule: { target_pct: 95 } },
};
const opened = (at, wait) => ({ ...boss, answers, at: `reports${at}`, wait });

export const states = {
  '34-reports': opened('/ring-rule?from=2026-10-01&to=2026-11-29', 'heat'),
  '34-reports-month-below': { ...opened('', 'heat'), then: (page) => page.getByTestId('report-table').scrollIntoViewIfNeeded() },
  '34-reports-day': opened('/ring-rule?from=2026-11-20&to=2026-11-20', 'heat'),
  '34-reports-agents': opened('/agents', 'agent-table'),
  '34-reports-topics': opened('/topics', 'report-table'),
  '34-reports-callers': opened('/repeat-callers', 'report-table'),
  '34-reports-empty': opened('/sla', 'empty'),
  '34-reports-refused': { ...boss, answers: { 'GET /reports/abandoned': [403, 'not_allowed', { title_th: 'ท่านไม่มีสิทธิ์ดูรายงานนี้' }], ...answers }, at: 'reports/abandoned', wait: 'load-failed' },
};
