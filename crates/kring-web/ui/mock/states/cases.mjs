// Cases: the list, one of them in every condition, today's work, and the persons behind them.

const agents = { items: [{ login: 'supaporn', name: 'สุภาพร ใจดี' }, { login: 'waranya', name: 'วรัญญา ศรีสุข' }, { login: 'teerapol', name: 'ธีรพล มั่นคง' }] };
const ulid = (n) => `01M8JWRPZD32J3E1YAT63WM${String(n).padStart(3, '0')}`;
const in_ = (days) => new Date(Date.now() + days * 86_400_000).toISOString();
const running = (days) => ({ due: in_(days), remaining_working_minutes: Math.round(days * 300), state: 'running' });
const base = {
  detail: '', fields: null, contact_id: 'c1', call: 'CALL1', number: '+66812345678', department_id: '3', extension: null, resolution: 'follow_up', confidentiality: 'normal', status: 'open', next: ['in_progress', 'waiting_unit', 'waiting_citizen', 'answered', 'closed'],
  outcome: null, outcome_note: '', closed: null, due: null, sla: null, agent: 'supaporn', opened: in_(-14), updated: in_(-1), version: 3, masked: false, kind: 'inquiry',
};
const one = (n, more) => ({ ...base, id: ulid(n), ref: `RY-2569-${String(n).padStart(6, '0')}-${n % 10}`, ...more });
const complaint = one(418, {
  kind: 'complaint', subject: 'ร้านค้าไม่ปิดป้ายแสดงราคาปุ๋ยเคมีและขายเกินราคาที่แจ้ง', status: 'waiting_unit', next: ['in_progress', 'waiting_citizen', 'answered', 'closed'], sla: running(8), extension: '5512', resolution: 'referred',
  detail: 'ผู้ร้องซื้อปุ๋ยเมื่อวันที่ 1 พ.ย. เวลาประมาณ 14:00 น. ราคาที่จ่ายสูงกว่าที่แจ้งไว้ 180 บาทต่อกระสอบ และร้านไม่ออกใบเสร็จในครั้งแรก สะดวกให้ติดต่อหลัง 17:00 น.',
  fields: { kind: 'complaint', complainant: { who: 'contact' }, respondent: 'ร้านรุ่งเรืองเกษตรภัณฑ์', goods_or_shop: 'ปุ๋ยเคมีสูตร 46-0-0 ขนาด 50 กก.', place: 'ถ.สุขุมวิท ต.เชิงเนิน อ.เมืองระยอง', happened_on: '2026-11-01', evidence: 'ภาพหน้าร้านและใบเสร็จ', wish: 'ให้ตรวจสอบราคาและแจ้งผลเป็นหนังสือ' },
});
const masked = one(93, { kind: 'tip', subject: '', detail: '', fields: null, contact_id: null, call: null, number: null, confidentiality: 'restricted', masked: true, agent: 'waranya', status: 'in_progress', next: ['waiting_unit', 'waiting_citizen', 'answered', 'closed'], sla: running(20) });
const tip = { ...masked, masked: false, subject: 'ขายน้ำมันปาล์มเกินราคาควบคุมในตลาดสดเทศบาล', detail: 'ผู้แจ้งเห็นด้วยตนเองสองวันติดกัน', fields: { kind: 'tip', anonymous: true, respondent: 'แผงที่ 14 ตลาดสดเทศบาลนครระยอง', place: 'ต.ท่าประดู่ อ.เมืองระยอง', what: 'ขายขวดละ 72 บาท ป้ายบอก 55 บาท', when: 'ช่วงเช้า 6 ถึง 8 นาฬิกา' } };
const late = one(377, { kind: 'complaint', subject: 'เครื่องชั่งไม่ได้มาตรฐานที่ตลาดสดเทศบาลนครระยอง ผู้ขายไม่ยอมให้ชั่งใหม่และพูดจาไม่สุภาพกับผู้ซื้อหลายราย', sla: { due: in_(-4), remaining_working_minutes: 0, state: 'late' }, department_id: '3' });
const stopped = one(401, { kind: 'consultation', subject: 'ปรึกษาการจดเครื่องหมายการค้าร่วมของวิสาหกิจชุมชน', status: 'waiting_citizen', next: ['in_progress', 'waiting_unit', 'answered', 'closed'], sla: { due: null, remaining_working_minutes: 1200, state: 'stopped' }, department_id: '5' });
const closed = one(350, { subject: 'ขอแบบฟอร์มจดทะเบียนพาณิชย์ (ทพ.) ร้านออนไลน์', status: 'closed', next: ['reopened'], outcome: 'resolved', outcome_note: 'ส่งลิงก์แบบฟอร์มทาง LINE แล้ว', closed: in_(-2), sla: { due: in_(3), remaining_working_minutes: 900, state: 'met' }, department_id: '6' });
const rows = [complaint, stopped, masked, late, closed, ...[1, 2, 3, 4, 5, 6, 7].map((n) => one(300 + n, { subject: ['สอบถามราคากลางสุกรมีชีวิต', 'ขอหนังสือรับรองถิ่นกำเนิดสินค้าเพื่อส่งออกทุเรียนไปจีน', 'ตรวจค้นชื่อนิติบุคคล'][n % 3], department_id: String((n % 9) + 1), status: n % 2 ? 'closed' : 'open', agent: n % 3 ? 'supaporn' : 'waranya' }))];

const did = (n, days, kind, text, more = {}) => ({ id: `a${n}`, at: in_(-days), who: 'person supaporn', kind, text, status_from: null, status_to: null, ...more });
const activities = [
  did(1, 14, 'opened', '', { status_to: 'open' }),
  did(2, 14, 'wrote', 'ส่งเลขรับเรื่องให้ผู้ร้องทาง SMS', { who: 'program sms' }),
  did(3, 13, 'status', 'ส่งพร้อมหลักฐาน 2 ชิ้น', { who: 'person waranya', status_from: 'open', status_to: 'waiting_unit' }),
  did(4, 12, 'attached', 'ใบเสร็จ 1 พ.ย. 2569.pdf', { who: 'person waranya' }),
  did(5, 9, 'unit_answered', 'รับเรื่องแล้ว นัดลงตรวจร้านวันที่ 24 พ.ย. 2569', { who: 'person teerapol' }),
  did(6, 5, 'changed', 'subject, fields, extension'),
  did(7, 3, 'video', 'booked คุณวิไล รุ่งเรือง'),
  did(8, 2, 'follow_up', 'โทรถามผลการตรวจร้าน'),
  did(9, 0.1, 'called', 'ผู้ร้องโทรติดตาม โอนไป กองกำกับดูแลราคาสินค้า 5512'),
];
const follow = (n, days, what, more = {}) => ({ id: `f${n}`, case: complaint.id, due: in_(days), what, assigned_to: 'supaporn', made_by: 'person supaporn', done: null, done_by: null, version: 1, ref: complaint.ref, subject: complaint.subject, ...more });
const followUps = [follow(1, 0.1, 'โทรแจ้งผู้ร้องว่าหน่วยงานลงตรวจร้านแล้ว'), follow(2, -1, 'ถามผลการตรวจจากกองกำกับดูแลราคาสินค้า'), follow(3, -6, 'ส่งเลขรับเรื่อง', { done: in_(-6), done_by: 'supaporn' })];
const video = (n, hours, more = {}) => ({ id: `v${n}`, case: complaint.id, department_id: '5', officer: 'คุณวิไล รุ่งเรือง', starts: in_(hours / 24), ends: in_((hours + 1) / 24), channel: 'LINE @kamonchanok', link: 'https://meet.moc.go.th/RY-2569-000418-8-f2a91c', state: 'booked', outcome: '', made_by: 'person supaporn', reminded: null, version: 1, ref: complaint.ref, subject: complaint.subject, ...more });
const source = (id, title) => ({ at: in_(-2), who: 'person supaporn', version: 1, source: { id, title, department: 'DIT', validity: 'valid', status: 'published' } });
const person = { id: 'c1', prefix: 'นางสาว', given: 'กมลชนก', family: 'แก้วประเสริฐ', org: '', notes: 'สะดวกให้ติดต่อหลัง 17:00 น.', language: '', vip: false, version: 2, created: in_(-400), numbers: [{ canonical: '+66812345678', display: '081-234-5678' }, { canonical: '+6638611025', display: '038-611-025' }], restricted: false, notice_due: true, merged: [] };
const history = [complaint, closed, { ...masked, masked: false }].map((c) => ({ ref: c.ref, date: c.opened, kind: c.kind, subject: c.masked ? '' : c.subject, department: 'กรมการค้าภายใน', department_id: '3', status: c.status }));
const duplicate = { ...person, id: 'c2', prefix: 'น.ส.', given: 'กมลชนก', family: 'แก้วประเสริด', org: 'ร้านเกษตรระยอง' };

const answers = (more = {}) => ({
  'GET /agents': agents,
  'GET /holidays': { items: [], configured: [] },
  'GET /cases': ({ query }) => ({ items: query.get('contact') ? [complaint, masked, closed] : rows, next: query.get('cursor') ? null : 'x' }),
  'GET /cases/by-ref/*': ({ parts }) => rows.find(({ ref }) => ref === parts[0]) ?? complaint,
  'GET /cases/*/activities': { items: activities },
  'GET /cases/*/follow-ups': { items: followUps },
  'GET /cases/*/video-sessions': { items: [video(1, 26), video(2, -70, { state: 'held', outcome: 'ตอบครบถ้วน แนะนำให้ยื่นคำขอออนไลน์' })] },
  'GET /cases/*/attachments': { items: [{ id: 'x1', name: 'ภาพหน้าร้าน.jpg', kind: 'jpg', bytes: 1258291, made_by: 'person waranya', made: in_(-12) }, { id: 'x2', name: 'ใบเสร็จค่าปุ๋ยเคมีสองกระสอบ วันที่ 1 พ.ย. 2569.pdf', kind: 'pdf', bytes: 86016, made_by: 'person waranya', made: in_(-12) }] },
  'GET /cases/*/knowledge': { items: [source('k1', 'การปิดป้ายแสดงราคาสินค้าและบริการ'), source('k2', 'ปุ๋ยเคมี: สินค้าควบคุมและการแจ้งราคา')] },
  'GET /contacts/c1': person,
  'GET /contacts': { items: [person], next: null },
  'GET /contacts/*/history': { items: history },
  'GET /contacts/*/duplicates': { items: [duplicate] },
  'GET /contacts/*/consents': { items: [{ id: 'n1', at: in_(-300), purpose: 'notice', version: 1, said: 'notified', who: 'person supaporn' }, { id: 'n2', at: in_(-300), purpose: 'recording', version: 1, said: 'refused', who: 'person supaporn' }], notice_due: true },
  'GET /privacy/texts': { items: [{ purpose: 'notice', version: 2, text_th: 'ศูนย์บริการเก็บชื่อ หมายเลขโทรศัพท์ และเรื่องที่ท่านแจ้ง เพื่อให้บริการและติดตามเรื่องตามภารกิจของรัฐ ท่านขอเข้าถึง แก้ไข หรือลบข้อมูลได้', text_en: 'The service centre keeps your name, number and matter.' }, { purpose: 'recording', version: 1, text_th: 'สายนี้มีการบันทึกเสียง', text_en: 'This call is recorded.' }] },
  'GET /privacy/access-log': { items: [{ at: in_(-0.1), who: 'person supaporn', what: 'pop' }, { at: in_(-2), who: 'person waranya', what: 'history' }], next: null },
  'GET /follow-ups': { items: [...followUps.slice(0, 2), follow(4, 0.12, 'ติดตามผลจากกรมทรัพย์สินทางปัญญา', { case: stopped.id, ref: stopped.ref, subject: stopped.subject })] },
  'GET /video-sessions': ({ query }) => ({ items: query.get('reminder') ? [video(1, 26)] : [video(3, 2)] }),
  'GET /cases/*': ({ parts }) => rows.find(({ id }) => id === parts[0]) ?? complaint,
  'GET /audit': { items: [{ id: 'u1', at: in_(-0.5), who: 'person teerapol', action: 'tip.read' }, { id: 'u2', at: in_(-4), who: 'person teerapol', action: 'tip.read' }] },
  'GET /knowledge/search': { items: [source('k1', 'การปิดป้ายแสดงราคาสินค้าและบริการ'), source('k3', 'แจ้งเบาะแสสินค้าราคาแพงเกินสมควร')], total: 2, next: null },
  ...more,
});
const officer = { me: { login: 'officer', name: 'ธีรพล มั่นคง', roles: ['unit_officer'], device: null } };
const tips = { me: { login: 'tips', name: 'ธีรพล มั่นคง', roles: ['tip_officer'] } };
const supervisor = { me: { login: 'prapas', name: 'ประภาส วงศ์ไทย', roles: ['supervisor'], device: null } };
const admin = { me: { login: 'admin', name: 'ผู้ดูแลระบบ', roles: ['admin'], device: null } };
const at = (rest) => `cases${rest}`;
const casePage = (of) => `cases/${of.ref}`;
const stale = [412, 'stale', { title_th: 'ข้อมูลถูกแก้ไขจากที่อื่น กรุณาโหลดใหม่' }];

export const states = {
  '20-cases': { at: at(''), answers: answers() },
  '20-cases-supervisor': { ...supervisor, at: at('?view=overdue'), answers: answers() },
  '20-cases-search': { ...officer, at: at('?q=กมลชนก'), answers: answers(), then: (page) => page.getByTestId('persons-found').waitFor() },
  '20-cases-empty': { ...officer, at: at(''), answers: answers({ 'GET /cases': { items: [], next: null } }) },
  '20-cases-failed': { ...officer, at: at(''), answers: answers({ 'GET /cases': [409, 'unavailable', { title_th: 'ระบบฐานข้อมูลไม่พร้อม ลองใหม่ภายหลัง' }] }) },
  '20-cases-person': { ...supervisor, at: at('?person=c1'), answers: answers() },
  '21-case': { at: casePage(complaint), answers: answers() },
  '21-case-officer': { ...officer, at: casePage(complaint), answers: answers() },
  '21-case-late': { ...supervisor, at: casePage(late), answers: answers() },
  '21-case-stopped': { ...supervisor, at: casePage(stopped), answers: answers() },
  '21-case-closed': { at: casePage(closed), answers: answers() },
  '21-case-masked': { ...supervisor, at: casePage(masked), answers: answers() },
  '21-case-masked-admin': { ...admin, at: casePage(masked), answers: answers() },
  '21-case-tip': { ...tips, at: casePage(tip), answers: answers({ 'GET /cases/by-ref/*': tip }) },
  '21-case-none': { ...officer, at: at('/RY-2569-000999-1'), answers: answers({ 'GET /cases/by-ref/*': [404, 'no_such_case', { title_th: 'ไม่พบเรื่องนี้' }] }) },
  '21-case-close': {
    ...supervisor, at: casePage(complaint), answers: answers(),
    async then(page) {
      await page.getByTestId('end-case').click();
      await page.getByTestId('ask-yes').click();
    },
  },
  '21-case-status': { ...supervisor, at: casePage(complaint), answers: answers(), then: (page) => page.getByTestId('change-status').click() },
  '21-case-follow-up': { ...supervisor, at: casePage(complaint), answers: answers(), then: (page) => page.getByTestId('plan-follow-up').click() },
  '21-case-video': {
    ...supervisor, at: casePage(complaint), answers: answers({ 'POST /cases/*/video-sessions': [409, 'slot_taken', { title_th: 'เจ้าหน้าที่มีนัดอื่นในเวลานี้แล้ว' }] }),
    async then(page) {
      await page.getByTestId('book-video').click();
      await page.fill('#video-officer', 'คุณวิไล รุ่งเรือง');
      await page.fill('#when-day', '2026-12-01');
      await page.getByTestId('ask-yes').click();
      await page.waitForTimeout(300);
    },
  },
  '21-case-file-refused': {
    ...supervisor, at: casePage(complaint), answers: answers({ 'POST /cases/*/attachments': [422, 'file_not_allowed', { title_th: 'ไม่รับไฟล์ประเภทนี้' }] }),
    async then(page) {
      await page.getByTestId('file-picker').setInputFiles({ name: 'โปรแกรม.pdf', mimeType: 'application/pdf', buffer: Buffer.from('MZ') });
      await page.getByTestId('file-refused').waitFor();
    },
  },
  '22-case-edit': { at: `${casePage(complaint)}/edit`, answers: answers() },
  '22-case-edit-stale': {
    ...supervisor, at: `${casePage(complaint)}/edit`,
    answers: answers({ 'PATCH /cases/*': stale, 'GET /cases/*': { ...complaint, subject: 'ไม่ปิดป้ายราคาปุ๋ยเคมี (แก้โดยวรัญญา)', version: 4 } }),
    async then(page) {
      await page.fill('#subject', 'ไม่ปิดป้ายแสดงราคาปุ๋ยเคมีสองสาขา');
      await page.getByTestId('form-save').click();
      await page.getByTestId('clash').waitFor();
    },
  },
  '22-case-new': { ...supervisor, at: at('/new'), answers: answers(), then: (page) => page.locator('[data-chip="complaint"]').click() },
  '22-case-new-refused': {
    ...supervisor, at: at('/new'),
    answers: answers({ 'POST /cases': [422, 'bad_field', { errors: [{ field: 'fields.happened_on', code: 'in_the_future', text_th: 'วันที่ยังมาไม่ถึง', text_en: 'has not come yet' }] }] }),
    async then(page) {
      await page.locator('[data-chip="complaint"]').click();
      await page.fill('#subject', 'ร้านไม่ปิดป้ายราคา');
      await page.fill('#name', 'กมล');
      await page.fill('#fields-happened_on', '2099-11-20');
      await page.getByTestId('form-save').click();
      await page.waitForTimeout(500);
    },
  },
  '22-case-new-tip': {
    ...supervisor, at: at('/new'), answers: answers(),
    async then(page) {
      await page.locator('[data-chip="tip"]').click();
      await page.getByTestId('tip-anonymous').check();
    },
  },
  '22-case-print': { ...supervisor, at: `${casePage(complaint)}/print`, answers: answers() },
  '23-today': { at: at('/today'), answers: answers() },
  '23-today-empty': { ...officer, at: at('/today'), answers: answers({ 'GET /follow-ups': { items: [] }, 'GET /video-sessions': { items: [] } }) },
  '24-person': { ...supervisor, at: at('/person/c1'), answers: answers() },
  '24-person-dpo': { me: { login: 'dpo', name: 'เจ้าหน้าที่คุ้มครองข้อมูล', roles: ['dpo'], device: null }, at: at('/person/c1'), answers: answers({ 'GET /contacts/c1': { ...person, merged: [{ contact: duplicate, at: in_(-3), by: 'waranya' }], notice_due: false } }) },
  '24-person-restricted': { ...supervisor, at: at('/person/c1'), answers: answers({ 'GET /contacts/c1': { ...person, restricted: true }, 'GET /contacts/*/history': { items: [] }, 'GET /contacts/*/duplicates': { items: [] } }) },
  '24-person-erased': { ...supervisor, at: at('/person/c9'), answers: answers({ 'GET /contacts/*': [404, 'no_such_contact', { title_th: 'ไม่พบผู้รับบริการ' }] }) },
  '24-person-merge': { ...supervisor, at: at('/person/c1'), answers: answers(), then: (page) => page.getByTestId('duplicates').getByRole('button').first().click() },
  '24-person-consent': {
    ...supervisor, at: at('/person/c1'), answers: answers(),
    async then(page) {
      await page.getByTestId('note-consent').click();
      await page.waitForTimeout(300);
    },
  },
};
