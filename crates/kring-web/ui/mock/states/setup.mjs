// The first run: nobody yet, and each step of an administrator.

import { answered, silent } from './lines.mjs';

const admin = { me: { login: 'admin', name: 'วิชัย ผู้ดูแล', roles: ['admin'], device: null, devices: [] } };
const setting = (key, value) => ({ key, value, default: value, source: 'default', needs_restart: false });
const units = [['MOC', 'กระทรวงพาณิชย์', '1203'], ['DIT', 'กรมการค้าภายใน', '5512'], ['DBD', 'กรมพัฒนาธุรกิจการค้า', ''], ['DITP', 'กรมส่งเสริมการค้าระหว่างประเทศ', ''], ['TPSO', 'สำนักงานนโยบายและยุทธศาสตร์การค้า', '']].map(([short, name_th, extension], i) => ({
  id: String(i), short, name_th, name_en: '', website: '', hotline: null, hours: null, topics: [], sort: i, version: 1, endpoints: extension ? [{ id: 'e', extension, label: '', priority: 1, rings: 3, active: true, version: 1 }] : [],
}));
const agent = { login: 'malee', name: 'มาลี ใจดี', role: 'agent', devices: ['phone:5021'], device: 'phone:5021', queues: [], skills: [], disabled: false, state: 'ready', screen: true };
const events = [
  [0, { kind: 'offered' }], [3_000, { kind: 'pop_acknowledged', agent: 'malee' }], [96_000, { kind: 'alerting', agent: 'malee', code: 180 }], [4_310_000, { kind: 'answered', agent: 'malee' }], [9_800_000, { kind: 'ended' }],
].map(([at_us, fact], seq) => ({ seq, at_us, fact }));
const answers = {
  'GET /house': { name_th: '', name_en: '', version: '0.9.0', setup_needed: false, secure: false },
  'GET /settings': { version: 1, items: [setting('house.name', 'ศูนย์บริการประชาชน พาณิชย์จังหวัดระยอง'), setting('house.name_en', ''), setting('agent.greeting_th', 'ศูนย์บริการกระทรวงพาณิชย์ สวัสดี{particle}'), setting('agent.particle', 'ค่ะ'), setting('hours.default', 'mon-fri 08:30-12:00,13:00-16:30')] },
  'POST /setup/certificate': { authority_sha256: '9F:1C:44:0A:7E:52:B3:61:D0:88:3F:15:6A:E9:27:C4:90:1B:5D:EE:72:38:AF:06:4C:D1:83:BA:59:E4:2F:10', not_after: '2028-11-29T00:00:00Z', names: ['kring.local', '192.0.2.5'], needs_restart: true, tls_cert: '/var/lib/kring/tls/server.crt', tls_key: '/var/lib/kring/tls/server.key' },
  'GET /setup/authority.crt': [404, 'not_found'],
  'GET /trunks': { items: [] },
  'POST /trunks/test': ({ body }) => (body.address.startsWith('10.0.4.2') ? answered : silent),
  'GET /users': { items: [agent] },
  'POST /users': ({ body }) => ({ ...agent, ...body, one_time_password: 'มะม่วง-7421-tree' }),
  'POST /phones': ({ body }) => ({ user: body.user, secret: 'Vr8kQ2mZx7Lw', realm: 'kring' }),
  'GET /departments': { items: units },
  'GET /agents': { items: [agent] },
  'POST /setup/test-call': { call: 'T', number: '1203' },
  'GET /calls/*/events': { items: events, after: 4 },
};
const nobody = (code, then, more = {}) => ({
  signedIn: false, wait: 'setup', then,
  answers: { 'GET /me': [401, 'sign_in_needed'], 'GET /house': { ...answers['GET /house'], setup_needed: true }, 'GET /setup': { needed: true, code_wanted: code, addresses: ['http://192.0.2.5:8080', 'http://kring.local:8080'], https: false }, ...more },
});
const step = (name, then, more = {}) => ({ ...admin, at: `setup/${name}`, wait: 'setup', answers: { ...answers, ...more }, then: async (page, stage) => {
  await page.waitForTimeout(300);
  await then?.(page, stage);
} });

export const states = {
  '80-account': nobody(false),
  '80-account-code': nobody(true, async (page) => {
    await page.fill('#setup-code', '7KQM2-XXXXX');
    await page.fill('#setup-name', 'วิชัย ผู้ดูแล');
    await page.fill('#setup-password', 'ช้างกินกล้วยบนดาวอังคาร');
    await page.fill('#setup-again', 'ช้างกินกล้วยบนดาวอังคาร');
    await page.getByTestId('step-go').click();
    await page.waitForTimeout(150);
  }, { 'POST /setup': [403, 'wrong_setup_code'] }),
  '81-house': step('house'),
  '82-certificate': step('certificate'),
  '82-certificate-made': step('certificate', async (page) => {
    await page.getByTestId('cert-make').click();
    await page.getByTestId('cert-made').waitFor();
  }),
  '83-trunk': step('trunk', async (page) => {
    await page.fill('#trunk-name', 'ตู้สาขา ชั้น 2');
    await page.fill('#trunk-host', '10.0.4.2');
    await page.waitForTimeout(1300);
    await page.locator('summary').click();
  }),
  '83-trunk-silent': step('trunk', async (page) => {
    await page.fill('#trunk-host', '10.0.4.9');
    await page.waitForTimeout(1300);
  }),
  '84-agents': step('agents'),
  '84-agent-made': step('agents', async (page) => {
    await page.fill('#agent-name', 'กนกวรรณ ฐิติรัตน์ชัยกุล');
    await page.fill('#agent-login', 'kanokwan');
    await page.selectOption('#agent-kind', 'register');
    await page.fill('#agent-extension', '5022');
    await page.getByTestId('agent-add').click();
    await page.getByTestId('secret').waitFor();
  }),
  '85-departments': step('departments'),
  '86-call': step('call'),
  '86-call-answered': step('call', async (page) => {
    await page.getByTestId('test-call').click();
    await page.waitForTimeout(1000);
  }),
  '86-call-nobody': step('call', undefined, { 'GET /agents': { items: [] } }),
};
