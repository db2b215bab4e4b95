// The knowledge and the units: read by everybody, kept by editors.

const body = `## เรื่องที่หน่วยงานนี้ดูแล

ผู้จำหน่ายต้องแสดงราคาขายปลีก**เป็นภาษาไทย**ให้ผู้บริโภคอ่านได้โดยง่าย ฝ่าฝืนมีโทษปรับไม่เกิน 10,000 บาท

- ราคาต่อหน่วย
- ราคารวมค่าบริการอื่น
- ป้ายต้องอ่านได้จากระยะที่ผู้ซื้อยืนเลือกสินค้า

## ขั้นตอนแจ้งเรื่อง

1. สอบถามชื่อร้าน ที่ตั้ง วันเวลา
2. ขอภาพถ่ายถ้ามี
3. เปิดเรื่องประเภทร้องเรียน แล้วส่งกรมการค้าภายใน

| ฐานความผิด | โทษปรับ |
|---|---|
| ไม่ปิดป้ายราคา | ไม่เกิน 10,000 บาท |
| ขายเกินราคาควบคุม | ไม่เกิน 140,000 บาท |

> ถ้าผู้แจ้งไม่ประสงค์ให้ทราบชื่อ ให้รับเป็นแจ้งเบาะแส

ดู [ประกาศ กกร.](https://www.dit.go.th) หรือ https://www.dit.go.th`;
const source = (n, title, more = {}) => ({
  id: `K${n}`, kind: 'article', title, address: null, url: null, department_id: '3', department: 'DIT', topics: ['ป้ายราคา', 'สินค้าควบคุม'], language: 'th', status: 'published', valid_from: null, valid_until: '2027-09-30', validity: 'valid',
  review_by: '2027-03-31', review_due: false, version: 4, created: '2026-01-05T03:00:00Z', updated: '2026-11-03T03:00:00Z', updated_by: 'editor', shown: 128, attached: 17, missing: false, ...more,
});
const rows = [
  source(1, 'การปิดป้ายแสดงราคาสินค้าและบริการ'),
  source(2, 'ปุ๋ยเคมี: สินค้าควบคุมและการแจ้งราคา', { kind: 'document', address: 'คู่มือการแจ้งราคาปุ๋ยเคมี ปี 2569.pdf', review_by: '2026-10-01', review_due: true }),
  source(3, 'เว็บไซต์กรมการค้าภายใน', { kind: 'website', address: 'www.dit.go.th', url: 'https://www.dit.go.th' }),
  source(4, 'อัตราค่าธรรมเนียมจดทะเบียนพาณิชย์ (ฉบับก่อน)', { status: 'retired', validity: 'expired', valid_until: '2026-09-30', department: 'DBD', department_id: '6' }),
  source(5, 'แนวทางตอบคำถามเรื่องการจดเครื่องหมายการค้าร่วมของวิสาหกิจชุมชนและกลุ่มเกษตรกรในเขตพัฒนาพิเศษภาคตะวันออก', { status: 'draft', department: 'DIP', department_id: '5' }),
];
const pieces = (text, hit) => text.split(hit).flatMap((part, n) => (n === 0 ? [{ text: part, hit: false }] : [{ text: hit, hit: true }, { text: part, hit: false }]));
const hit = (one) => ({ source: one, title: pieces(one.title, 'ราคา'), snippet: pieces('… ผู้จำหน่ายต้องแสดงราคาขายปลีกเป็นภาษาไทยให้ผู้บริโภคอ่านได้โดยง่าย ฝ่าฝืนมีโทษปรับไม่เกิน 10,000 บาท …', 'ราคา'), score: 2 });
const gaps = [{ id: 'G1', q: 'ค่าปรับจดทะเบียนพาณิชย์ล่าช้า', times: 14 }, { id: 'G2', q: 'ขอใบอนุญาตขายสุราออนไลน์', times: 6 }, { id: 'G3', q: 'ร้านค้าธงฟ้าใกล้ฉัน', times: 2 }].map((gap) => ({ ...gap, first_at: '2026-10-01T03:00:00Z', last_at: '2026-11-28T08:10:00Z', answered_by: null, answered_at: null, version: 1 }));
const file = (n, path, more = {}) => ({ source_id: `K${n}`, node: 'kring-1', path, bytes: 1_840_000, pages: 24, read_at: '2026-11-20T02:00:00Z', missing: false, failed: null, ...more });
const answers = (more = {}) => ({
  'GET /knowledge/sources': { items: rows, next: 'x' },
  'GET /knowledge/search': ({ query }) => (query.get('q') === 'ไม่มีแน่' ? { items: [], total: 0, next: null } : { items: rows.slice(0, 3).map(hit), total: 3, next: null }),
  'GET /knowledge/sources/*/versions': { items: [3, 2, 1].map((version) => ({ version, at: `2026-0${version + 5}-12T04:00:00Z`, who: 'person editor', content: { title: rows[0].title, body: body.slice(0, 160 * version) } })) },
  'GET /knowledge/sources/*': ({ parts }) => ({ ...(rows.find(({ id }) => id === parts[0]) ?? rows[0]), body }),
  'GET /knowledge/reviews': { items: [rows[1], { ...rows[3], review_by: '2026-11-01', review_due: true }], next: null },
  'GET /knowledge/gaps': { items: gaps },
  'GET /knowledge/synonyms': { items: [{ id: 'S1', version: 1, words: ['ป้ายราคา', 'ป้ายแสดงราคา', 'แสดงราคาสินค้า'] }, { id: 'S2', version: 2, words: ['ทพ.', 'ทะเบียนพาณิชย์'] }] },
  'GET /knowledge/documents': { items: [file(2, '/srv/kring/docs/คู่มือการแจ้งราคาปุ๋ยเคมี ปี 2569.pdf'), file(7, '/srv/kring/docs/ประกาศ กกร. ฉบับที่ 12 (สแกน).pdf', { failed: 'no text in it: a scan', pages: 0 }), file(8, '/srv/kring/docs/old/ระเบียบเดิม.docx', { missing: true })] },
  ...more,
});
const editor = { me: { login: 'editor', name: 'นภา คลังความรู้', roles: ['kb_editor'], device: null } };
const officer = { me: { login: 'officer', name: 'ธีรพล มั่นคง', roles: ['unit_officer'], device: null } };

const desk = (id, extension, label, more = {}) => ({ id, extension, label, priority: 1, rings: 3, active: true, version: 1, ...more });
const unitRows = [
  ['1', 'MOC', 'กระทรวงพาณิชย์', 'Ministry of Commerce', 'www.moc.go.th', '1203', 'ข้อมูลกระทรวง ร้องเรียนร้องทุกข์', []],
  ['3', 'DIT', 'กรมการค้าภายใน', 'Department of Internal Trade', 'www.dit.go.th', '1569', 'ราคาสินค้า สินค้าแพง ไม่ปิดป้ายราคา เครื่องชั่ง ชั่งตวงวัด สินค้าเกษตร ธงฟ้า', [desk('d1', '5512', 'กองกำกับดูแลราคา'), desk('d2', '5500', 'ประชาสัมพันธ์', { rings: 5 }), desk('d3', '5599', 'เวรนอกเวลา', { active: false })]],
  ['7', 'DITP', 'กรมส่งเสริมการค้าระหว่างประเทศ', 'Department of International Trade Promotion', 'www.ditp.go.th', null, 'ส่งเสริมการส่งออก งานแสดงสินค้า', [desk('d4', '8150', '')]],
].map(([id, short, name_th, name_en, website, hotline, topics, endpoints]) => ({ id, short, name_th, name_en, website, hotline, topics: [topics], endpoints, hours: id === '3' ? 'mon-fri 08:30-12:00,13:00-16:30; sat 09:00-12:00' : null, version: 1 }));
const unitAnswers = {
  'GET /departments': { items: unitRows },
  'GET /departments/*/hours': ({ parts }) => ({ hours: unitRows.find(({ id }) => id === parts[0])?.hours ?? null, exceptions: [{ day: '2026-12-31', hours: '08:30-12:00', name_th: 'วันสิ้นปี', name_en: '' }], tz: 'Asia/Bangkok', version: 1 }),
  'GET /departments/search': { items: [] },
  'GET /departments/*': ({ parts }) => unitRows.find(({ short, id }) => short === parts[0] || id === parts[0]) ?? unitRows[1],
  'GET /holidays': { items: [{ day: '2026-12-07', name_th: 'วันหยุดชดเชยวันพ่อแห่งชาติ', name_en: '' }, { day: '2026-12-10', name_th: 'วันรัฐธรรมนูญ', name_en: '' }], configured: [] },
  'GET /reports/transfers': { rows: [{ department: 'DIT', total: 63, done: 52, done_pct: 86.7, busy: 5, no_answer: 3, given_up: 3 }] },
  'GET /wallboard': { transfers: { failed: 5, total: 60, failing: [{ department: 'DIT', extension: '5512', failed: 5, total: 9 }] } },
};

export const states = {
  '25-knowledge': { at: 'knowledge', answers: answers() },
  '25-knowledge-editor': { ...editor, at: 'knowledge', answers: answers() },
  '25-knowledge-search': { ...officer, at: 'knowledge?q=ราคา', answers: answers() },
  '25-knowledge-gap': {
    ...officer, at: 'knowledge?q=ไม่มีแน่', answers: answers(),
    async then(page) {
      await page.getByTestId('tell-gap').click();
      await page.getByTestId('gap-said').waitFor();
    },
  },
  '26-source': { ...officer, at: 'knowledge/K1', answers: answers() },
  '26-source-editor': { ...editor, at: 'knowledge/K4', answers: answers() },
  '26-source-edit': { ...editor, at: 'knowledge/K1/edit', answers: answers() },
  '26-source-edit-stale': {
    ...editor, at: 'knowledge/K1/edit', answers: answers({ 'PATCH /knowledge/sources/*': [412, 'stale', { title_th: 'ข้อมูลถูกแก้ไขจากที่อื่น กรุณาโหลดใหม่' }] }),
    async then(page, stage) {
      await page.fill('#title', 'การปิดป้ายราคา ฉบับปรับปรุง');
      stage.answers['GET /knowledge/sources/*'] = { ...rows[0], title: 'ป้ายราคาสินค้าและบริการ ปี 2570', body, version: 5 };
      await page.getByTestId('save-publish').click();
      await page.getByTestId('clash').waitFor();
    },
  },
  '26-source-versions': { ...editor, at: 'knowledge/K1/versions', answers: answers() },
  '26-source-none': { ...officer, at: 'knowledge/K99', answers: answers({ 'GET /knowledge/sources/*': [404, 'no_such_source', { title_th: 'ไม่พบความรู้นี้' }] }) },
  '27-reviews': { ...editor, at: 'knowledge/reviews', answers: answers() },
  '27-gaps': { ...editor, at: 'knowledge/gaps', answers: answers() },
  '27-synonyms': { ...editor, at: 'knowledge/synonyms', answers: answers() },
  '27-documents': { ...editor, at: 'knowledge/documents', answers: answers() },
  '27-file': {
    ...editor, at: 'knowledge/file', answers: answers({ 'POST /knowledge/import': [422, 'bad_import', { errors: [{ row: 3, column: 'valid_until', text_th: 'ไม่ใช่วันที่', text_en: 'is no day' }, { row: 8, column: 'department', text_th: 'ไม่มีหน่วยงานนี้', text_en: 'no such unit' }] }] }),
    async then(page) {
      await page.getByTestId('knowledge-picker').setInputFiles({ name: 'knowledge.csv', mimeType: 'text/csv', buffer: Buffer.from('title\nก') });
      await page.getByTestId('import-mistakes').waitFor();
    },
  },
  '28-units': { ...officer, at: 'units', answers: unitAnswers },
  '28-unit': { ...officer, at: 'units/DIT', answers: unitAnswers },
  '28-unit-supervisor': { me: { login: 'prapas', name: 'ประภาส วงศ์ไทย', roles: ['supervisor'], device: null }, at: 'units/DIT', answers: unitAnswers },
  '28-unit-house': { at: 'units/DITP', answers: unitAnswers },
};
