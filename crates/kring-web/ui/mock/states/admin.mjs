// Administration: every part, full, empty, refused and failed.

const admin = { me: { login: 'wichai', name: 'วิชัย ผู้ดูแล', roles: ['admin'], device: null, devices: [] } };
const account = (login, name, role, more = {}) => ({
  login, name, role, devices: [], auto_answer: false, queues: [], skills: [], department_id: null, disabled: false, has_password: true, must_change: false, oidc: false,
  created: '2026-10-01T02:00:00Z', last_sign_in: '2026-11-23T01:12:00Z', ...more,
});
const users = [
  account('malee', 'มาลี ใจดี', 'agent', { devices: ['pbx:5021'], queues: ['สายด่วน 1203'], skills: ['tax:3', 'english'] }),
  account('supaporn', 'สุภาพร ศรีสุวรรณประเสริฐวงศ์', 'agent', { devices: ['phone:5022', 'browser'], must_change: true, last_sign_in: null }),
  account('natthawut', 'ณัฐวุฒิ ปัญญาเลิศ', 'supervisor', { devices: ['sip:5023@192.0.2.7:5060'] }),
  account('dip.officer', 'กรรณิการ์ ทองคำ', 'unit_officer', { department_id: '5', oidc: true, has_password: false }),
  account('piyada', 'ปิยะดา ฐิติญาณ', 'tip_officer', { disabled: true }),
  account('wichai', 'วิชัย ผู้ดูแล', 'admin'),
];
const desk = (id, extension, label, more = {}) => ({ id, extension, label, priority: 1, rings: 3, active: true, version: 1, ...more });
const unit = (id, short, name_th, name_en, more = {}) => ({ id, short, name_th, name_en, website: 'www.moc.go.th', hotline: null, hours: null, topics: ['ข้อมูลกระทรวง', 'ร้องเรียนร้องทุกข์'], sort: Number(id), endpoints: [], version: 1, ...more });
const units = [
  unit('1', 'MOC', 'กระทรวงพาณิชย์', 'Ministry of Commerce', { hotline: '1203' }),
  unit('3', 'DIT', 'กรมการค้าภายใน', 'Department of Internal Trade', { hotline: '1569', hours: 'mon-fri 08:30-12:00,13:00-16:30; sat 09:00-12:00', endpoints: [desk('e1', '5512', 'กองกำกับดูแลราคาสินค้าและปริมาณ'), desk('e2', '5500', 'หน้าห้องผู้อำนวยการ', { priority: 2, active: false, rings: 2 })] }),
  unit('6', 'DBD', 'กรมพัฒนาธุรกิจการค้า', 'Department of Business Development', { hours: 'always', endpoints: [desk('e3', '4370', '')] }),
  unit('8', 'TPSO', 'สำนักงานนโยบายและยุทธศาสตร์การค้า', 'Trade Policy and Strategy Office'),
];
const audit = [
  ['2026-11-23T08:12:04Z', 'person wichai', 'user.change', 'malee', { role: 'agent', queues: [] }, { role: 'agent', queues: ['สายด่วน 1203'] }],
  ['2026-11-23T08:10:00Z', 'person wichai', 'department.change', 'DIT', { hotline: null }, { hotline: '1569' }],
  ['2026-11-23T07:40:00Z', 'program crm', 'contact.export', 'contacts', null, { rows: 1200 }],
  ['2026-11-23T07:00:00Z', 'kringd', 'user.add', 'wichai', null, { role: 'admin' }],
  ['2026-11-22T07:00:00Z', 'person piyada', 'tip.read', 'RY-2569-000012', null, null],
].map(([at, who, action, subject, was, is], i) => ({ id: `A${i}`, at, who, action, subject, was, is }));
const notice = { purpose: 'notice', version: 2, text_th: 'ศูนย์บริการเก็บชื่อ หมายเลขโทรศัพท์ และเรื่องที่ท่านแจ้ง เพื่อให้บริการและติดตามเรื่องตามภารกิจของรัฐ ท่านขอเข้าถึง แก้ไข หรือลบข้อมูลได้', text_en: 'The service centre keeps your name, your telephone number and what you ask.', since: '2026-10-01T02:00:00Z', by: 'person wichai' };

const answers = {
  'GET /users': { items: users },
  'GET /users/*': ({ parts: [login] }) => users.find((one) => one.login === login) ?? [404, 'not_found'],
  'POST /users': ({ body }) => (body.login === 'malee' ? [409, 'taken'] : body.login ? { ...account(body.login, body.name, body.role), one_time_password: 'มะม่วง-7421-tree' } : [422, 'bad_field', { field: 'login' }]),
  'GET /queues': { items: [{ name: 'สายด่วน 1203' }, { name: 'จดทะเบียนพาณิชย์' }] },
  'GET /phones': { items: [{ user: '5022', name: 'โต๊ะ 2', bindings: [], registered: true, disabled: false, symmetric: false }] },
  'GET /departments': { items: units },
  'GET /departments/*': ({ parts: [id] }) => units.find((one) => one.id === id) ?? [404, 'not_found'],
  'GET /departments/*/status': ({ parts: [id] }) => (id === '1' ? { open: false, reason: 'holiday', holiday: { day: '2026-11-23', name_th: 'วันหยุดพิเศษ', name_en: '' }, next_open: '2026-11-24T01:30:00Z', at: '2026-11-23T08:12:00Z' } : { open: id !== '8', reason: id === '8' ? 'hours' : null, next_open: '2026-11-24T01:30:00Z', at: '2026-11-23T08:12:00Z' }),
  'GET /departments/*/hours': ({ parts: [id] }) => ({ hours: units.find((one) => one.id === id).hours, exceptions: id === '3' ? [{ day: '2026-12-31', hours: '08:30-12:00', name_th: 'วันสิ้นปี', name_en: '' }] : [], tz: 'Asia/Bangkok', version: 1 }),
  'POST /departments/import': ({ body }) => body,
  'GET /holidays': { items: [['2026-12-07', 'ชดเชยวันคล้ายวันพระบรมราชสมภพ รัชกาลที่ 9 วันชาติ และวันพ่อแห่งชาติ'], ['2026-12-10', 'วันรัฐธรรมนูญ'], ['2027-01-01', 'วันขึ้นปีใหม่']].map(([day, name_th]) => ({ day, name_th, name_en: '' })), configured: ['2026-12-31'] },
  'GET /tokens': { items: [{ name: 'crm', scopes: ['calls:read', 'contacts:read', 'cases:read'], created: '2026-10-01T02:00:00Z', expires_at: null, last_used: '2026-11-23T07:40:00Z', made_by: 'person wichai' }, { name: 'popup-desk', scopes: ['agent:malee'], created: '2026-01-01T02:00:00Z', expires_at: '2026-06-01T02:00:00Z', last_used: null, made_by: 'kringd' }] },
  'POST /tokens': { name: 'crm2', scopes: ['calls:read'], created: '2026-10-01T02:00:00Z', made_by: 'person wichai', secret: 'kring_m3Rr8sPz4yQKk2VYx0TfLwBvNn7c1uHj' },
  'GET /privacy/retention': { items: [{ what: 'cases', days: 1825 }, { what: 'contacts', days: 730 }, { what: 'callers', days: null }, { what: 'access_log', days: 365 }] },
  'POST /privacy/retention/run': ({ body }) => ({ dry_run: body.dry_run, items: [{ what: 'cases', days: 1825, taken: 12 }, { what: 'contacts', days: 730, taken: 1240 }, { what: 'access_log', days: 365, taken: 0 }] }),
  'GET /privacy/texts': { items: [notice, { ...notice, purpose: 'recording', version: 1, text_th: 'ขออนุญาตบันทึกเสียงสนทนาเพื่อปรับปรุงคุณภาพบริการ', text_en: 'May this call be recorded to improve the service?', since: '1970-01-01T00:00:00Z', by: 'kringd' }] },
  'GET /audit': { items: audit, next: 'A4' },
  'POST /settings/reload': { changed: ['agent.wrapup_s', 'queue สายด่วน 1203'], needs_restart: ['sip.listen'] },
};
const state = (at, more = {}) => ({ ...admin, answers: { ...answers, ...more.answers }, at, then: more.then });
const click = (testid) => async (page) => page.getByTestId(testid).first().click();
const stale = { 'PATCH /departments/*': [412, 'stale'] };
const csv = (text) => async (page) => {
  await page.getByTestId('import-file').setInputFiles({ name: 'หน่วยงาน.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.waitForTimeout(200);
};

export const states = {
  '60-users': state('admin/users'),
  '60-users-failed': state('admin/users', { answers: { 'GET /users': [503, 'busy'] } }),
  '60-users-none': state('admin/users?q=ไม่มีผู้นี้'),
  '60-user': state('admin/users/malee'),
  '60-user-own': state('admin/users/wichai'),
  '60-user-reset-ask': state('admin/users/malee', { then: click('reset') }),
  '60-user-new-refused': state('admin/users/new', {
    async then(page) {
      await page.fill('#login', 'malee');
      await page.fill('#name', 'มาลี ใจดี');
      await page.getByTestId('device-add').click();
      await page.getByTestId('save').click();
      await page.waitForTimeout(150);
    },
  }),
  '60-user-new-made': state('admin/users/new', {
    async then(page) {
      await page.fill('#login', 'kanokwan');
      await page.fill('#name', 'กนกวรรณ ฐิติรัตน์ชัยกุล');
      await page.getByTestId('save').click();
      await page.getByTestId('secret').waitFor();
    },
  }),
  '61-units': state('admin/departments'),
  '61-unit': state('admin/departments/3'),
  '61-unit-clash': state('admin/departments/3', {
    answers: stale,
    async then(page) {
      await page.fill('#hotline', '1570');
      await page.getByTestId('save').click();
      await page.getByTestId('clash').waitFor();
    },
  }),
  '61-unit-desks': state('admin/departments/3/endpoints', { then: click('desk-new') }),
  '61-unit-desks-none': state('admin/departments/8/endpoints'),
  '61-unit-hours': state('admin/departments/3/hours'),
  '61-unit-hours-house': state('admin/departments/8/hours'),
  '61-import-mistakes': state('admin/departments/import', { answers: { 'POST /departments/import': [422, 'bad_import', { errors: [{ row: 2, column: 'extension', text_th: 'หมายเลขนี้มีตัวอักษร', text_en: 'has letters' }, { row: 14, column: 'hours', text_th: 'อ่านเวลาไม่ออก เขียนเช่น mon-fri 08:30-16:30', text_en: 'tells no hours' }] }] }, then: csv('x') }),
  '61-import-would': state('admin/departments/import', { answers: { 'POST /departments/import': { added: ['RYG'], changed: ['DIT', 'DBD'], left: ['MOC'], dry_run: true } }, then: csv('x') }),
  '62-holidays': state('admin/holidays', {
    async then(page) {
      await page.fill('#year-lines', '13 เมษายน 2570 วันสงกรานต์\n๑๔ เมษายน ๒๕๗๐ วันสงกรานต์\nวันหยุดพิเศษเดือนหน้า');
    },
  }),
  '62-holidays-empty': state('admin/holidays', { answers: { 'GET /holidays': { items: [], configured: [] } } }),
  '63-tokens': state('admin/tokens'),
  '63-token-new': state('admin/tokens', { then: click('token-new') }),
  '63-token-made': state('admin/tokens', {
    async then(page) {
      await page.getByTestId('token-new').click();
      await page.fill('#token-name', 'crm2');
      await page.getByTestId('scope-calls:read').check();
      await page.getByTestId('token-make').click();
      await page.getByTestId('secret').waitFor();
    },
  }),
  '64-retention': state('admin/retention', { then: click('rules-dry') }),
  '64-texts': state('admin/texts', { then: click('text-edit') }),
  '65-audit': state('admin/audit', {
    async then(page) {
      await page.locator('[data-action="user.change"] button').click();
    },
  }),
  '65-audit-none': state('admin/audit?who=nobody', { answers: { 'GET /audit': { items: [], next: null } } }),
  '66-reload': state('admin/reload', { then: click('reload-go') }),
  '66-reload-refused': state('admin/reload', { answers: { 'POST /settings/reload': [422, 'bad_configuration', { complaints: ['kring.toml:12: unknown key agent.wrapup; the nearest known key is agent.wrapup_s.'] }] }, then: click('reload-go') }),
};
