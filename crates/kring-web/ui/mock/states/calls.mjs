// The call log, and calls of it: one handed on, one kept in the queue, one transferred, one live, one given up.

export const boss = { me: { login: 'prapas', name: 'ประภาส วงศ์ไทย', roles: ['supervisor'], device: null } };
export const agents = [
  ['supaporn', 'สุภาพร ใจดี'], ['natthawut', 'ณัฐวุฒิ ศรีสุข'], ['jiraporn', 'จิราภรณ์ มั่นคง'], ['thanakorn', 'ธนากร พูลผล'], ['waranya', 'วรัญญา แสงทอง'],
  ['anucha', 'อนุชา วัฒนา'], ['pimchanok', 'พิมพ์ชนก เรืองศรีสวัสดิ์วัฒนา'], ['kittiya', 'กิตติยา บุญมี'], ['piyada', 'ปิยะดา ทองสุก'],
].map(([login, name], i) => ({ login, name, role: 'agent', device: `pbx:50${21 + i}`, devices: [`pbx:50${21 + i}`], auto_answer: false, queues: i % 3 === 1 ? ['จดทะเบียน'] : [], skills: [], state: 'ready', reason: null, since: '2026-11-29T05:20:00Z', screen: true }));
const mobile = (display) => ({ canonical: `+66${display.replaceAll('-', '').slice(1)}`, display, class: 'mobile' });
const anon = { canonical: 'anon', display: 'ไม่แสดงเบอร์', class: 'anon' };
export const row = (id, minutes, name, number, more = {}) => ({
  id, sip_call_id: `${id}@192.0.2.2`, direction: 'inbound', state: 'ended', outcome: 'answered', result: 'within', rings: 1, arrived_at: new Date(Date.now() - minutes * 60_000).toISOString(), answered_at: null, ended_at: null,
  wait_ms: 2100, talk_ms: 125000, forwarded_by: null, agent: 'supaporn', served_by: null, connected_to: null, left_queue: null, abandoned_in_queue: false, queue: 'main', did: '1203', trunk: 'pbx', number: number === null ? null : number === 'anon' ? anon : mobile(number), name,
  department: null, department_short: null, ended_by: 'caller', cause: 'bye', final_code: null, deadline_action: null, degraded: false, case_ref: null, no_case: null, no_case_note: null, record_owner: null, ...more,
});
const way = (lost, loss_pct, jitter_ms, mos) => ({ lost, loss_pct, jitter_ms, mos });
const line = (more = {}) => ({ class: 'good', worst: 'good', packets: 13924, sent: 13910, from: way(0, 0, 0.9, 4.39), to: way(0, 0, 1.2, 4.39), round_trip_ms: 21, strangers: 0, bad: 0, ...more });
/** The caller's line lost every 25th packet; both of the others were well. */
const sound = { caller: line({ class: 'fair', worst: 'fair', packets: 13367, from: way(557, 4, 2.1, 3.98), round_trip_ms: 48 }), agent: line({ strangers: 3 }), third: null };
const badSound = { caller: line({ class: 'poor', worst: 'poor', packets: 11_940, from: way(1630, 12, 31, 2.9), to: way(420, 3, 12, 4.05), round_trip_ms: 460 }), agent: line(), third: line({ to: null, round_trip_ms: null }) };
const gone = (rings, wait_ms) => ({ outcome: 'abandoned', result: 'abandoned_within', rings, wait_ms, talk_ms: null, agent: null });
export const rows = [
  row('L1', 0.2, null, '038-611-025', { state: 'ringing', outcome: null, result: null, rings: 3, wait_ms: null, talk_ms: null, agent: null }),
  row('L2', 0.1, 'นายประเสริฐ ทองคำ', '089-774-1250', { state: 'ringing', outcome: null, result: null, rings: 1, wait_ms: null, talk_ms: null, agent: null }),
  row('L3', 1, 'นางบุญเรือน สุขสำราญ', '086-330-4417', { state: 'waiting', outcome: 'rescued', result: 'rescued', rings: 3, wait_ms: 14752, talk_ms: null, agent: null }),
  row('A', 3, 'นางสาวกมลชนก แก้วประเสริฐ', '081-234-5678', { rings: 3, wait_ms: 12412, talk_ms: 278000, connected_to: '5512', department_short: 'DIT', case_ref: 'RY-2569-004182-7', sound }),
  row('B', 6, null, '038-611-025', { agent: 'natthawut', case_ref: 'RY-2569-004181-9' }),
  row('C', 11, 'นางบุญเรือน สุขสำราญ', '086-330-4417', { outcome: 'rescued', result: 'rescued', rings: 3, wait_ms: 14752, talk_ms: 697000, agent: 'anucha', served_by: 'anucha', sound: badSound }),
  row('D', 17, 'บริษัทรุ่งเรืองการเกษตรและอุตสาหกรรมแปรรูปภาคตะวันออก จำกัด', '02-507-7000', { queue: 'จดทะเบียน', rings: 2, wait_ms: 6700, agent: 'jiraporn', connected_to: '4370', department_short: 'DBD', case_ref: 'RY-2569-004180-2' }),
  row('E', 24, null, 'anon', { rings: 2, wait_ms: 7300, agent: 'waranya', case_ref: 'RY-2569-000094-4' }),
  row('F', 28, 'นายประเสริฐ ทองคำ', '089-774-1250', gone(2, 8900)),
  row('G', 31, 'นายอดิศักดิ์ ชูเกียรติ', '064-915-2208', { wait_ms: 3000, case_ref: 'RY-2569-004179-0' }),
  row('H', 44, 'นางสาวศิริพร ภู่ทอง', '095-402-6613', { rings: 3, wait_ms: 13600, agent: 'natthawut', talk_ms: 464000, case_ref: 'RY-2569-004178-1' }),
  row('I', 49, null, '081-940-0057', gone(3, 14100)),
  row('J', 55, 'Mr. Alan Whitfield', '033-017-245', { agent: 'piyada', queue: 'ค้าต่างประเทศ', wait_ms: 4400, case_ref: 'RY-2569-004177-3' }),
  row('K', 57, 'หจก.ระยองพืชผล', '033-017-245', { agent: 'jiraporn', wait_ms: 2600, talk_ms: 48000, no_case: 'wrong_number' }),
  row('M', 64, null, '081-940-0057', { outcome: 'rejected', result: 'refused', rings: 3, wait_ms: 14752, talk_ms: null, agent: null, final_code: 486, deadline_action: 'announce_busy' }),
  row('N', 66, null, null, { direction: 'outbound', rings: 0, agent: 'thanakorn', wait_ms: 8000, talk_ms: 61000, case_ref: 'RY-2569-004170-8' }),
  row('O', 70, 'นายสมคิด แสงอรุณ', '087-226-9034', { outcome: 'answered', result: 'breached', rings: 4, wait_ms: 15200, agent: 'waranya', case_ref: 'RY-2569-000421-5' }),
];

const t0 = Date.parse('2026-11-29T05:12:11.884Z');
const at = (ms) => new Date(t0 + ms).toISOString().replace('Z', `${String(Math.round(Math.abs(ms) * 1000) % 1000).padStart(3, '0')}Z`);
const terms = { on_ms: 1000, off_ms: 4000, limit: 3, guard_ms: 500, policy: 'before_next_ring', cadence_from: 'default', t0_from: 'modelled' };
const hash = '9f2cd41a07be55e0c1aa32e4b8d0ef6172639485a6b7c8d9eaf0b1c2d3e4e41b';
const base = { call: 'A', t0: at(0), t0_us: 25_871_239, queue: 'main', terms, rang_before: false, forwarded_by: '1203', deadline_ms: 15000, rings_ms: [0, 5000, 10000], rings: 3, lateness_us: null, kept: null, announced: [], chain: { whole: true, segments: [{ node: 'kring-1', n: 31, hash, facts: Array.from({ length: 22 }, (_, i) => i) }] } };
const offer = (agent, device, hop, invited_ms, ended_ms, end, more = {}) => ({ agent, device, hop, attempt: hop, round: 0, invited_ms, alerting_ms: invited_ms + 24, alerting_code: 180, audible_ms: null, ended_ms, end, late_silence_ms: null, ...more });
let seq = 100;
const fact = (ms, kind, text, more = {}) => ({ node: 'kring-1', boot: 2, seq: (seq += 1), at_us: base.t0_us + Math.round(ms * 1000), ts: at(ms), text: `    ${(25.871 + ms / 1000).toFixed(3)}  ${text}`, fact: { kind, ...more } });
const popped = (ms, agent, ack, paint) => [fact(ms - 4, 'invited', `invited    ${agent} at pbx`, { agent }), fact(ms + ack - 8, 'pop_acknowledged', `popped     ${agent}`, { agent, after_us: ack * 1000 }), fact(ms + paint - 8, 'pop_painted', `painted    ${agent}`, { agent, after_ms: paint })];
export const evidence = {
  A: {
    ...base, attempts: [offer('natthawut', 'pbx:5022', 1, 0, 9500, 'withdrawn', { why: 'hop_ended' }), offer('supaporn', 'pbx:5021', 2, 10000, 12412, 'answered')], decided_ms: 12412, margin_ms: 2588, result: 'within', ended_ms: 290880,
    told_th: 'ดัง ๓ ครั้ง รับใน ๑๒.๔ วินาที โดย supaporn; natthawut ไม่รับ; สนทนา ๒๗๘ วินาที ผู้โทรวางสาย; เสียงจากผู้โทรขาดหาย ๔%', told_en: 'Rang three times, answered after 12.4 s by supaporn; natthawut did not answer; talked for 278 s, the caller hung up; 4% of the sound of the caller was lost',
  },
  C: {
    ...base, attempts: [offer('pimchanok', 'pbx:5027', 1, 7517, 14501, 'withdrawn', { why: 'rona' }), ...['supaporn', 'natthawut', 'anucha'].map((who, i) => offer(who, `pbx:502${[1, 2, 6][i]}`, 2, 23067, 25276 + i * 10, who === 'anucha' ? 'answered' : 'withdrawn', { round: 1, why: who === 'anucha' ? undefined : 'answered_elsewhere' }))],
    decided_ms: 14751, margin_ms: 249, result: 'rescued', lateness_us: 1203, ended_ms: 722000, kept: { since_ms: 14751, action: 'answer_greet_queue', position: 1, rounds: [{ round: 1, began_ms: 23067, rings_ms: [23067] }], served: { agent: 'anucha', at_ms: 25296, rings: 1, queued_ms: 10545 }, left: null },
    told_th: 'ดัง ๓ ครั้ง ไม่มีเจ้าหน้าที่รับ ระบบรับสายใน ๑๔.๗ วินาที และให้รอคิว; รอคิว ๑๐ วินาที แล้ว anucha รับ; pimchanok ไม่รับ; สนทนา ๖๙๗ วินาที ผู้โทรวางสาย', told_en: 'Rang three times, nobody answered, kring kept the caller; anucha answered after 10 s in the queue',
  },
  F: { ...base, rings: 2, rings_ms: [0, 5000], attempts: [offer('supaporn', 'pbx:5021', 1, 0, 8900, 'withdrawn', { why: 'caller_gave_up' })], decided_ms: 8900, margin_ms: 6100, result: 'abandoned_within', ended_ms: null, told_th: 'ดัง ๒ ครั้ง ผู้โทรวางสายก่อนมีผู้รับ', told_en: 'Rang twice, the caller hung up before anybody answered' },
};
const facts = {
  A: [fact(0, 'offered', 'offered    c-6d70005674da06c -> main via 1203'), fact(0, 'ring', 'ring       1'), ...popped(0, 'natthawut', 29, 66), fact(24, 'alerting', 'alerting   natthawut'), fact(5000, 'ring', 'ring       2'), fact(9500, 'withdrawn', 'withdrawn  natthawut HopEnded'), ...popped(10000, 'supaporn', 22, 51), fact(10000, 'ring', 'ring       3'), fact(12412, 'answered', 'answered   supaporn after 12.412 s, ring 3'), fact(120000, 'held', 'held       supaporn'), fact(160000, 'resumed', 'resumed    supaporn'), fact(290880, 'ended', 'ended      by Caller, bye, talked 278.468 s'), fact(310000, 'confirmed', 'confirmed  supaporn RY-2569-004182-7')],
  C: [fact(0, 'offered', 'offered    c-1 -> main'), ...popped(7517, 'pimchanok', 31, 80), ...popped(23067, 'supaporn', 18, 40), ...popped(23067, 'anucha', 26, 61), fact(14751, 'rescued', 'rescued    answered and queued'), fact(25296, 'served', 'served     anucha after 25.296 s'), fact(722000, 'ended', 'ended      by Caller, bye')],
  F: [fact(0, 'offered', 'offered    c-1 -> main'), ...popped(0, 'supaporn', 18, 44), fact(8900, 'abandoned', 'abandoned  after 8.900 s, ring 2')],
};
const said = (rows) => rows.map(([ms, from, to, label]) => ({ at: at(ms), delta_ms: 0, from, to, from_address: '192.0.2.10:5060', to_address: '192.0.2.2:5060', transport: 'udp', label, cseq: '1 INVITE', call_id: 'x', retransmission: false, sdp: false }));
const parties = (...phones) => [{ id: 'caller', kind: 'trunk', name: 'pbx', address: 'udp:192.0.2.2:5060' }, { id: 'kring', kind: 'kring', name: 'kring' }, ...phones.map((name, i) => ({ id: `phone-${i + 1}`, kind: 'phone', name, address: `udp:192.0.2.${21 + i}:5060` }))];
const hop = (ms, phone) => [[ms, 'kring', phone, 'INVITE'], [ms + 8, phone, 'kring', '100 Trying'], [ms + 24, phone, 'kring', '180 Ringing']];
const cancelled = (ms, phone) => [[ms, 'kring', phone, 'CANCEL'], [ms + 6, phone, 'kring', '200 OK'], [ms + 7, phone, 'kring', '487 Request Terminated'], [ms + 9, 'kring', phone, 'ACK']];
const opening = [[-11, 'caller', 'kring', 'INVITE'], [-10, 'kring', 'caller', '100 Trying'], [0, 'kring', 'caller', '180 Ringing']];
const ladder = {
  A: { call: 'A', live: false, left_out: 0, parties: parties('natthawut', 'supaporn'), messages: said([...opening, ...hop(0.4, 'phone-1'), ...cancelled(9500, 'phone-1'), ...hop(9960, 'phone-2'), [12412, 'phone-2', 'kring', '200 OK'], [12413, 'kring', 'phone-2', 'ACK'], [12414, 'kring', 'caller', '200 OK'], [12443, 'caller', 'kring', 'ACK'], [290880, 'caller', 'kring', 'BYE'], [290881, 'kring', 'caller', '200 OK'], [290882, 'kring', 'phone-2', 'BYE'], [290890, 'phone-2', 'kring', '200 OK']]) },
  C: { call: 'C', live: false, left_out: 0, parties: parties('pimchanok', 'supaporn', 'natthawut', 'anucha'), messages: said([...opening, ...hop(7517, 'phone-1'), ...cancelled(14500, 'phone-1'), [14751, 'kring', 'caller', '200 OK'], [14780, 'caller', 'kring', 'ACK'], ...hop(23067, 'phone-2'), ...hop(23068, 'phone-3'), ...hop(23069, 'phone-4'), [25276, 'phone-4', 'kring', '200 OK'], [25277, 'kring', 'phone-4', 'ACK'], ...cancelled(25280, 'phone-2'), ...cancelled(25281, 'phone-3'), [722000, 'caller', 'kring', 'BYE'], [722001, 'kring', 'caller', '200 OK'], [722002, 'kring', 'phone-4', 'BYE'], [722009, 'phone-4', 'kring', '200 OK']]) },
  F: { call: 'F', live: false, left_out: 0, parties: parties('supaporn'), messages: said([...opening, ...hop(0.4, 'phone-1'), [8900, 'caller', 'kring', 'CANCEL'], [8901, 'kring', 'caller', '200 OK'], [8902, 'kring', 'caller', '487 Request Terminated'], ...cancelled(8903, 'phone-1'), [8930, 'caller', 'kring', 'ACK']]) },
};
for (const one of Object.values(ladder)) one.messages.sort((a, b) => a.at.localeCompare(b.at));
const raw = 'INVITE sip:1203@192.0.2.10:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2:5060;rport;branch=z9hG4bK-k95b3137333771932\r\nMax-Forwards: 70\r\nFrom: <sip:+66812345678@192.0.2.2:5060>;tag=2bb43f03caece1a6\r\nTo: <sip:1203@192.0.2.10:5060>\r\nCall-ID: 63f81f4c38ceb009723b55582b628eba@192.0.2.2\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n';

const asked = ({ query }) => {
  const outcome = query.get('outcome');
  const found = rows.filter((one) => (!outcome || one.outcome === outcome) && (!query.get('q') || one.name?.includes(query.get('q'))));
  return { items: query.get('unfinished') ? [rows[5]] : found.slice(0, Number(query.get('limit'))), next: found.length > 12 ? 'more' : null };
};
/** A call that rings now: what it says depends on when it is asked. */
let ringsSince;
const live = () => {
  ringsSince ??= Date.now() - 5_200;
  const now = Date.now() - ringsSince;
  return { ...base, call: 'L2', t0: new Date(ringsSince).toISOString(), rings_ms: [0, 5000, 10000].filter((ms) => ms <= now), rings: 0, attempts: [offer('supaporn', 'pbx:5021', 1, 0, null, null)], decided_ms: null, margin_ms: null, result: null, ended_ms: null, told_th: 'กำลังดัง', told_en: 'It rings', chain: { whole: true, segments: [] } };
};
export const answers = {
  'GET /calls': asked,
  'GET /calls/L2/evidence': live,
  'GET /calls/L2/events': { items: [], after: 0 },
  'GET /calls/L2/ladder': { call: 'L2', live: true, left_out: 0, parties: parties('supaporn'), messages: [] },
  'GET /calls/*/evidence': ({ parts: [id] }) => evidence[id] ?? [404, 'no_such_call'],
  'GET /calls/*/events': ({ parts: [id] }) => ({ items: facts[id] ?? [], after: 0 }),
  'GET /calls/*/ladder': ({ parts: [id], query }) => ({ ...ladder[id], messages: ladder[id]?.messages.map((message) => (query.get('raw') ? { ...message, raw } : message)) }),
  'GET /calls/*': ({ parts: [id] }) => rows.find((one) => one.id === id) ?? [404, 'no_such_call'],
  'GET /agents': { items: agents },
  'GET /queues': { items: [{ name: 'main' }, { name: 'จดทะเบียน' }, { name: 'ค้าต่างประเทศ' }] },
};
const opened = (id) => ({ ...boss, answers, at: `calls/${id}`, wait: 'axis' });

/** A call that goes on, which the supervisor hears. */
const talks = { 'GET /calls/M1': () => ({ ...rows.find((one) => one.id === 'A'), id: 'M1', state: 'talking', ended_at: null, talk_ms: null, case_ref: null, connected_to: null }), 'GET /calls/M1/evidence': () => ({ ...evidence.A, call: 'M1', ended_ms: null }), 'GET /calls/M1/ladder': { call: 'M1', live: true, left_out: 0, parties: parties('supaporn'), messages: [] }, 'GET /calls/M1/events': { items: [], after: 0 }, 'GET /calls/M1/monitor': { monitor: { by: boss.me.login, name: boss.me.name, mode: 'whisper', state: 'on' } }, ...answers };

export const states = {
  '30-calls': { ...boss, answers, at: 'calls', wait: 'call-rows' },
  '30-calls-agent': { answers: { ...answers, 'GET /agents': { items: agents } }, at: 'calls', wait: 'call-rows' },
  '31-call-monitored': { ...boss, answers: talks, at: 'calls/M1', wait: 'monitor' },
  '30-calls-empty': { ...boss, answers: { ...answers, 'GET /calls': { items: [], next: null } }, at: 'calls', wait: 'empty' },
  '30-calls-failed': { ...boss, answers: { ...answers, 'GET /calls': [503, 'database_away', { title_th: 'ฐานข้อมูลไม่ตอบ ลองใหม่อีกครั้ง' }] }, at: 'calls', wait: 'load-failed' },
  '30-calls-from-report': { ...boss, answers, at: 'calls?from=2026-11-22T17:00:00Z&until=2026-11-23T17:00:00Z&result=within&ring=3', wait: 'call-rows' },
  '31-call': opened('A'),
  '31-call-kept': opened('C'),
  '31-call-gave-up': opened('F'),
  '31-call-live': opened('L2'),
  '31-call-sound': { ...opened('C'), then: (page) => page.getByTestId('sound').scrollIntoViewIfNeeded() },
  '31-call-facts': { ...opened('A'), then: (page) => page.getByTestId('facts').locator('summary').click() },
  '31-call-raw': {
    ...opened('A'),
    async then(page) {
      await page.locator('[data-testid="ladder"] [data-n="0"]').click();
      await page.getByTestId('raw').locator('pre').waitFor();
    },
  },
  '31-call-unknown': { ...boss, answers, at: 'calls/none', wait: 'load-failed' },
};
