// Trunks with their test, phones with their cards, and the settings.

const admin = { me: { login: 'wichai', name: 'วิชัย ผู้ดูแล', roles: ['admin'], device: null, devices: [] } };
const trunk = (name, source, settings, more = {}) => ({ name, address: settings.address, addresses: [{ address: `udp:${settings.address}`, up: true, rtt_ms: 13.8 }], up: true, rtt_ms: 13.8, registered: null, account: null, last_error: null, source, version: 2, settings, complaint: null, ...more });
const trunks = [
  trunk('ตู้สาขา ชั้น 2', 'database', { address: '10.0.4.2:5060', transport: 'udp', peers: ['10.0.4.2'] }),
  trunk('สำรอง กรมการค้าภายใน', 'database', { address: '10.0.9.2:5060', register: { uri: 'sip:5000@pbx.dit.example.go.th', password_set: true } }, { up: false, rtt_ms: null, registered: false, account: 'sip:5000@pbx.dit.example.go.th', last_error: '403 Forbidden' }),
  trunk('เดิม', 'file', { address: '192.0.2.10:5060', peers: ['192.0.2.10'], transfer_method: 'bridge' }, { up: null, rtt_ms: null }),
];
const step = (name, state, value, detail_th, detail_en) => ({ step: name, state, value, detail_th, detail_en });
export const answered = {
  steps: [
    step('address', 'ok', '10.0.4.2:5060', 'เป็นเลขไอพี ไม่ต้องถาม DNS', 'an address, no DNS needed'),
    step('sent', 'ok', 'UDP จาก 10.0.4.10:5060', 'ขนาด 412 ไบต์', '412 bytes'),
    step('answered', 'ok', '200 OK', 'Asterisk PBX 20.9.2', 'Asterisk PBX 20.9.2'),
    step('way_back', 'ok', 'received ตรงกับที่ประกาศ', 'ไม่มี NAT คั่น', 'no NAT between'),
  ],
  round_trips_ms: [15, 14, 13, 14, 19, 14, 13, 15, 14, 14, 13, 16, 14, 14, 13, 14], status: 200, user_agent: 'Asterisk PBX 20.9.2', allow: ['OPTIONS', 'INVITE', 'REFER'], codecs: ['PCMA', 'PCMU'],
  raw: 'SIP/2.0 200 OK\nVia: SIP/2.0/UDP 10.0.4.10:5060;branch=z9hG4bK7f3a;received=10.0.4.10;rport=5060\nAllow: OPTIONS, INVITE, ACK, BYE, CANCEL, UPDATE, PRACK, REFER, NOTIFY\nSupported: 100rel, timer, replaces, norefersub\nAccept: application/sdp',
  learnt: { transfer: 'refer', prack: true },
};
export const silent = {
  steps: [step('address', 'ok', '10.0.4.9:5060', '', ''), step('sent', 'ok', 'UDP จาก 10.0.4.10:5060', '', ''), step('answered', 'failed', null, 'ไม่มีคำตอบใน 2 วินาที ตรวจว่าตู้สาขาเปิดอยู่ และไฟร์วอลล์ให้ UDP 5060 ผ่าน', 'no answer within 2 s'), step('way_back', 'unknown', null, '', '')],
  round_trips_ms: [], status: null, user_agent: null, allow: [], codecs: null, raw: null, learnt: { transfer: null, prack: null },
};
const phone = (user, name, more = {}) => ({ user, name, agent: null, disabled: false, symmetric: false, registered: false, bindings: [], ...more });
const phones = [
  phone('5021', 'โต๊ะ 1 ริมหน้าต่าง', { agent: 'malee', registered: true, bindings: [{ address: '10.0.4.31:5062', transport: 'udp', expires_at: '2026-11-23T09:12:00Z', last_seen: '2026-11-23T08:12:00Z', user_agent: 'Yealink SIP-T31G 124.86.0.40' }] }),
  phone('5022', 'โต๊ะ 2', { srtp: 'require', symmetric: true }),
  phone('5029', 'ห้องประชุม', { disabled: true }),
];
const setting = (key, value, dflt, more = {}) => ({ key, value, default: dflt, source: 'default', needs_restart: false, unit: null, min: null, max: null, choices: null, read_only: false, complaint: null, ...more });
const settings = {
  version: 4,
  items: [
    setting('house.name', 'ศูนย์บริการประชาชน พาณิชย์จังหวัดระยอง', '', { source: 'database' }),
    setting('house.name_en', '', ''),
    setting('ring.limit', 3, 3, { min: 1, max: 3, unit: 'rings' }),
    setting('ring.guard_ms', 400, 500, { source: 'file', unit: 'ms', min: 0, max: 10000 }),
    setting('ring.policy', 'before_next_ring', 'before_next_ring', { choices: ['before_next_ring', 'end_of_burst'] }),
    setting('agent.wrapup_s', 90, 60, { source: 'database', unit: 's', min: 0, max: 3600 }),
    setting('agent.rona_limit', 2, 2, { unit: 'calls', min: 0, max: 20 }),
    setting('agent.pause_reasons', ['รับประทานอาหาร', 'ห้องน้ำ', 'ประชุม', 'อบรม', 'งานเอกสาร'], ['รับประทานอาหาร', 'ห้องน้ำ', 'ประชุม', 'อบรม', 'งานเอกสาร']),
    setting('agent.greeting_th', 'ศูนย์บริการกระทรวงพาณิชย์ สวัสดี{particle}', 'ศูนย์บริการกระทรวงพาณิชย์ สวัสดี{particle}'),
    setting('pop.screen_dead_ms', 1500, 1500, { unit: 'ms', needs_restart: true, min: 250, max: 60000 }),
    setting('transfer.recall', true, true),
    setting('data_dir', '/var/lib/kring', './kring-data', { source: 'file', read_only: true, needs_restart: true }),
  ],
};
const answers = {
  'GET /trunks': { items: trunks },
  'POST /trunks/test': ({ body }) => (body.address.startsWith('10.0.4.2') ? answered : silent),
  'GET /phones': { items: phones },
  'POST /phones': ({ body }) => (body.user === '5021' ? [409, 'taken'] : { user: body.user, secret: 'Vr8kQ2mZx7Lw', realm: 'kring' }),
  'GET /settings': settings,
};
const at = (where, then, more = {}) => ({ ...admin, answers: { ...answers, ...more }, at: where, then });
const tested = (page) => page.waitForTimeout(1300);

export const states = {
  '68-trunks': at('admin/trunks'),
  '68-trunks-none': at('admin/trunks', undefined, { 'GET /trunks': { items: [] } }),
  '68-trunk-answers': at(`admin/trunks/${encodeURIComponent('ตู้สาขา ชั้น 2')}`, tested),
  '68-trunk-silent': at(`admin/trunks/${encodeURIComponent('สำรอง กรมการค้าภายใน')}`, tested),
  '68-trunk-in-file': at(`admin/trunks/${encodeURIComponent('เดิม')}`, tested),
  '68-trunk-new': at('admin/trunks/new'),
  '69-phones': at('admin/phones'),
  '69-phone-taken': at('admin/phones', async (page) => {
    await page.getByTestId('phone-new').click();
    await page.fill('#phone-user', '5021');
    await page.getByTestId('phone-add').click();
    await page.waitForTimeout(150);
  }),
  '69-phone-made': at('admin/phones', async (page) => {
    await page.getByTestId('phone-new').click();
    await page.fill('#phone-user', '5030');
    await page.getByTestId('phone-add').click();
    await page.getByTestId('secret').waitFor();
  }),
  '69-phone-behind-nat': at('admin/phones', async (page) => {
    await page.locator('[data-phone="5021"] [data-act=move]').click();
    await page.waitForTimeout(150);
  }),
  '70-settings': at('admin/settings/agent', async (page) => {
    await page.fill('#set-agent-wrapup_s', '120');
  }),
  '70-settings-ring': at('admin/settings/ring'),
  '70-settings-refused': at('admin/settings/agent', async (page) => {
    await page.fill('#set-agent-wrapup_s', '999999');
    await page.getByTestId('save').click();
    await page.waitForTimeout(150);
  }, { 'PATCH /settings': [422, 'bad_setting', { fields: { 'agent.wrapup_s': { th: 'ตั้งแต่ 0 ถึง 3600 วินาที', en: 'is 0 to 3600' } } }] }),
};
