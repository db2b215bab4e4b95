// The PDPA desk: requests with their clocks, carried out and refused, and persons.

const dpo = { me: { login: 'kanya', name: 'กันยา คุ้มครอง', roles: ['dpo'], device: null, devices: [] } };
const now = Date.now();
const on = (days) => new Date(now + days * 86_400_000).toISOString();
const request = (id, kind, received, more = {}) => {
  const due = received + (kind === 'erase' ? 90 : 30);
  return { id, kind, status: 'open', contact_id: 'c1', number: null, note: 'หนังสือจากผู้ขอ ลงรับแล้ว', received: on(received), due: on(due), overdue: due < 0, closed: null, handled_by: null, reason: null, version: 1, ...more };
};
const requests = [
  request('R1', 'erase', -12),
  request('R2', 'access', -33, { note: 'โทรศัพท์' }),
  request('R3', 'restrict', -2, { contact_id: null, number: '+66812345678', note: '' }),
];
const closed = [
  request('R4', 'erase', -80, { status: 'done', contact_id: null, closed: on(-70), handled_by: 'person kanya' }),
  request('R5', 'erase', -60, { status: 'refused', closed: on(-50), handled_by: 'person kanya', reason: 'เรื่องร้องเรียนยังอยู่ระหว่างการพิจารณาของหน่วยงาน จึงต้องเก็บข้อมูลไว้ตามกฎหมายจนกว่าจะยุติ' }),
];
const person = { id: 'c1', prefix: 'นางสาว', given: 'กมลชนก', family: 'แก้วประเสริฐวัฒนกุล', org: 'ร้านเกษตรระยอง', version: 1 };
const answers = {
  'GET /privacy/requests': ({ query }) => ({ items: query.get('status') === 'open' ? requests : query.get('status') === 'refused' ? closed.slice(1) : [...requests, ...closed], next: null }),
  'GET /privacy/requests/*': ({ parts: [id] }) => [...requests, ...closed].find((one) => one.id === id),
  'POST /privacy/requests/*/carry-out': ({ body, parts: [id] }) => ({ dry_run: body.dry_run, erased: { callers: 1, calls: 14, cases: 3, contacts: 1, numbers: 2 }, request: { ...requests.find((one) => one.id === id), ...(body.dry_run ? {} : { status: 'done', closed: on(0), handled_by: 'person kanya', contact_id: null }) } }),
  'GET /contacts': ({ query }) => ({ items: query.get('q').includes('กมล') ? [person, { ...person, id: 'c2', given: 'กมลวรรณ', family: '', org: '' }] : [], next: null }),
  'GET /contacts/*': person,
  'GET /contacts/*/consents': { notice_due: false, items: [{ id: '1', at: on(-4), purpose: 'notice', said: 'notified', version: 2, who: 'person malee' }, { id: '2', at: on(-4), purpose: 'recording', said: 'given', version: 1, who: 'person malee' }] },
  'GET /privacy/access-log': { items: [['person malee', 'pop', -1], ['person malee', 'history', -1], ['program crm', 'contact', -3], ['person kanya', 'export', -9]].map(([who, what, at]) => ({ who, what, at: on(at) })), next: null },
};
const at = (where, then, more = {}) => ({ ...dpo, answers: { ...answers, ...more }, at: where, then });

export const states = {
  '72-privacy': at('privacy'),
  '72-privacy-all': at('privacy?status=all'),
  '72-privacy-none': at('privacy', undefined, { 'GET /privacy/requests': { items: [], next: null } }),
  '72-privacy-new': at('privacy/new', async (page) => {
    await page.fill('#person-find', 'กมล');
    await page.waitForTimeout(450);
  }),
  '72-privacy-new-refused': at('privacy/new', async (page) => {
    await page.fill('#person-find', '081-234-5678');
    await page.waitForTimeout(450);
    await page.getByTestId('use-number').click();
    await page.locator('[name="request-kind"][value="lift"]').check();
    await page.getByTestId('save').click();
    await page.waitForTimeout(150);
  }, { 'POST /privacy/requests': [422, 'bad_field', { field: 'contact_id' }] }),
  '72-privacy-new-number': at('privacy/new', async (page) => {
    await page.fill('#person-find', '081-234-5678');
    await page.waitForTimeout(450);
    await page.getByTestId('use-number').click();
    await page.getByTestId('save').focus();
  }),
  '72-request': at('privacy/requests/R2'),
  '72-request-erase-ask': at('privacy/requests/R1', async (page) => {
    await page.getByTestId('request-carry').click();
    await page.waitForTimeout(250);
  }),
  '72-request-refuse-ask': at('privacy/requests/R1', async (page) => {
    await page.getByTestId('request-refuse').click();
    await page.getByTestId('ask-yes').click();
  }),
  '72-request-refused': at('privacy/requests/R5'),
  '72-request-failed': at('privacy/requests/R1', undefined, { 'GET /privacy/requests/*': [503, 'busy'] }),
  '72-person-find': at('privacy/person?q=กมล', (page) => page.waitForTimeout(450)),
  '72-person': at('privacy/person/c1'),
  '72-person-restricted': at('privacy/person/c1', undefined, { 'GET /contacts/*': { ...person, restricted: true } }),
};
