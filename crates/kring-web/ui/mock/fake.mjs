// A kring of cardboard for one page: the REST answers and the socket, driven by a script.
// It exists so that every state of the console can be looked at without a telephone.

import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { knowledge } from './knowledge.mjs';
import { cardboardPhone } from './phone.mjs';

const mime = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2', '.svg': 'image/svg+xml' };

/** Serves the built console, as the daemon does. */
export async function serveDist() {
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://x');
    // Paths that are no file lead to the page, as `console.rs` has it.
    const file = path.join('dist', path.extname(pathname) ? pathname : 'index.html');
    fs.readFile(file, (failure, body) => {
      if (failure) return response.writeHead(404).end();
      // As `console.rs` has it, but for the port of the socket.
      const policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self' ws:; media-src 'self' blob:; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html";
      response.writeHead(200, { 'content-type': mime[path.extname(file)] ?? 'text/plain', 'content-security-policy': policy }).end(body);
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

const dept = (id, short, name_th, name_en, website, hotline, topics, endpoints = []) => ({ id, short, name_th, name_en, website, hotline: hotline || null, topics: [topics], endpoints });
const departments = [
  dept('1', 'MOC', 'กระทรวงพาณิชย์', 'Ministry of Commerce', 'www.moc.go.th', '1203', 'ข้อมูลกระทรวง ศูนย์บริการประชาชน ร้องเรียนร้องทุกข์ พาณิชย์จังหวัด'),
  dept('2', 'DFT', 'กรมการค้าต่างประเทศ', 'Department of Foreign Trade', 'www.dft.go.th', '', 'นำเข้า ส่งออก ใบอนุญาต หนังสือรับรองถิ่นกำเนิดสินค้า สิทธิพิเศษทางการค้า มาตรฐานสินค้า'),
  dept('3', 'DIT', 'กรมการค้าภายใน', 'Department of Internal Trade', 'www.dit.go.th', '1569', 'ราคาสินค้า สินค้าแพง ไม่ปิดป้ายราคา เครื่องชั่ง ชั่งตวงวัด สินค้าเกษตร ธงฟ้า', [{ label: 'กองกำกับดูแลราคา', extension: '5512' }, { label: '', extension: '5500' }]),
  dept('4', 'DTN', 'กรมเจรจาการค้าระหว่างประเทศ', 'Department of Trade Negotiations', 'www.dtn.go.th', '', 'ความตกลงการค้าเสรี เอฟทีเอ FTA WTO อาเซียน'),
  dept('5', 'DIP', 'กรมทรัพย์สินทางปัญญา', 'Department of Intellectual Property', 'www.ipthailand.go.th', '', 'เครื่องหมายการค้า สิทธิบัตร ลิขสิทธิ์ สิ่งบ่งชี้ทางภูมิศาสตร์'),
  dept('6', 'DBD', 'กรมพัฒนาธุรกิจการค้า', 'Department of Business Development', 'www.dbd.go.th', '', 'จดทะเบียนบริษัท ห้างหุ้นส่วน จดทะเบียนพาณิชย์ หนังสือรับรองนิติบุคคล งบการเงิน', [{ label: '', extension: '4370' }]),
  dept('7', 'DITP', 'กรมส่งเสริมการค้าระหว่างประเทศ', 'Department of International Trade Promotion', 'www.ditp.go.th', '', 'ส่งเสริมการส่งออก งานแสดงสินค้า ผู้ซื้อต่างประเทศ อบรมผู้ส่งออก', [{ label: '', extension: '8150' }]),
  dept('8', 'TPSO', 'สำนักงานนโยบายและยุทธศาสตร์การค้า', 'Trade Policy and Strategy Office', 'www.tpsa.moc.go.th', '', 'ดัชนีราคาผู้บริโภค เงินเฟ้อ เศรษฐกิจการค้า นโยบายการค้า'),
  dept('9', 'PWO', 'องค์การคลังสินค้า', 'Public Warehouse Organization', 'www.pwo.go.th', '', 'คลังสินค้า เช่าโกดัง สินค้าของรัฐ'),
];
/** One of them is closed, to see what that looks like. */
const standing = (id) => (id === '7' ? { open: false, reason: 'hours', next_open: '2026-11-24T01:30:00Z' } : { open: true, reason: null, next_open: null });
function search(typed) {
  const hit = (d, endpoint, found_by) => ({ department_id: d.id, short: d.short, name_th: d.name_th, name_en: d.name_en, endpoint, found_by, ...standing(d.id) });
  const named = departments.filter((d) => [d.name_th, d.name_en, d.short].join(' ').includes(typed));
  const topic = departments.filter((d) => !named.includes(d) && d.topics.join(' ').includes(typed));
  const desks = departments.flatMap((d) => d.endpoints.filter((e) => e.extension.startsWith(typed)).map((e) => hit(d, e, 'number')));
  return [...named.map((d) => hit(d, null, 'name')), ...desks, ...topic.map((d) => hit(d, null, 'topic'))];
}
export const me = {
  login: 'supaporn', name: 'สุภาพร ใจดี', roles: ['agent'], device: 'pbx:5021', particle: 'ค่ะ',
  pause_reasons: ['รับประทานอาหาร', 'ห้องน้ำ', 'ประชุม', 'อบรม', 'งานเอกสาร'],
};

/** What the script has for a request; nothing when it says nothing of it. */
function answerOf(answers, request, where, body) {
  for (const [pattern, said] of Object.entries(answers)) {
    const [method, wanted] = pattern.split(' ');
    const parts = new RegExp(`^${wanted.replaceAll('*', '([^/]+)')}$`).exec(where)?.slice(1);
    if (method !== request.method() || !parts) continue;
    return typeof said === 'function' ? said({ query: new URL(request.url()).searchParams, body, parts }) : said;
  }
  return undefined;
}

/**
 * One page's server. `stage` is what the script may change and say.
 * `me`: who is signed in, over the agent. `answers`: what REST says, by `GET /path` (a `*` is one part of a path):
 * `phone`: what its phone in the page is like (`cardboardPhone`), and `call`, what the server says that it is in.
 * a body, or a function of `{ query, body, parts }` that gives one; `[status, code, more]` refuses.
 */
export async function attach(page, { lights = {}, signedIn = true, snapshot = {}, unfinished = [], drafts = {}, socket = true, answers = {}, phone, ...who } = {}) {
  const person = { ...me, ...who.me };
  const stage = {
    lights, attached: {}, signedIn, unfinished, drafts, answers, asked: [], heard: [], socket, phone: phone?.call ?? (phone && 'idle'), seq: 0, line: undefined, refusals: {}, welcomes: 0,
    snapshot: { presence: { state: 'ready', since: '2026-11-23T08:05:00Z' }, drafts: unfinished, queue: { waiting: 1, oldest_ms: 4000, ready: 3, within_pct_today: 97.6 }, draining: false, ...snapshot },
    /** Says a frame on the socket. */
    say(t, d, call) {
      stage.seq += 1;
      stage.line?.send(JSON.stringify({ v: 1, seq: stage.seq, id: 'x', ts: new Date().toISOString(), t, call, ack: true, d }));
    },
    /** Says something of the phone in the page, which is not numbered. */
    tell(t, d) {
      stage.line?.send(JSON.stringify({ v: 1, ack: false, t, d }));
    },
    /** Cuts the line and lets no other be opened. */
    cut() {
      stage.socket = false;
      void stage.line?.close({ code: 1011 });
    },
  };
  const problem = (route, status, code, more = {}) =>
    route.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify({ status, code, title: code, title_th: code, ...more }) });
  const json = (route, body, status = 200) => route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(body) });
  if (phone) await page.addInitScript(cardboardPhone, phone);
  await page.route('**/healthz', (route) => (stage.socket ? json(route, {}) : route.abort()));
  await page.route('**/api/v1/**', (route) => {
    const request = route.request();
    const where = new URL(request.url()).pathname.replace('/api/v1', '');
    const isJson = request.headers()['content-type']?.includes('json');
    const body = isJson && request.postData() ? request.postDataJSON() : undefined;
    if (request.method() !== 'GET') stage.asked.push({ method: request.method(), where, body });
    const refusal = stage.refusals[`${request.method()} ${where}`];
    if (refusal) return problem(route, ...refusal);
    const said = answerOf(stage.answers, request, where, body);
    if (said !== undefined) return Array.isArray(said) ? problem(route, ...said) : json(route, said);
    if (where === '/session') return request.method() === 'POST' ? signIn(route, body) : json(route, {}, 200);
    if (!stage.signedIn) return problem(route, 401, 'sign_in_needed');
    if (where === '/me') return json(route, person);
    if (where === '/me/readiness') return json(route, { ready: true, server_time: new Date().toISOString(), lights: { database: true, exchange: true, device: true, screen: true, ...stage.lights } });
    if (where === '/privacy/texts') return json(route, { items: [{ purpose: 'notice', version: 3, text_th: 'ศูนย์บริการเก็บชื่อ หมายเลขโทรศัพท์ และเรื่องที่ท่านแจ้ง เพื่อให้บริการและติดตามเรื่องตามภารกิจของรัฐ ท่านขอเข้าถึง แก้ไข หรือลบข้อมูลได้', text_en: 'The service centre keeps your name, your telephone number and what you ask, to serve you and to follow your matter up as its public task. You may ask to see, correct or erase it.', since: '2026-10-01T00:00:00Z', by: 'dpo' }] });
    if (where === '/trunks') return json(route, { items: [{ name: 'ตู้สาขากลาง', up: true, rtt_ms: 14.2, addresses: [] }] });
    if (where === '/follow-ups') return json(route, { items: [{}, {}, {}] });
    const known = knowledge(where, request.method(), new URL(request.url()).searchParams, body, stage.attached);
    if (known !== undefined) return json(route, known);
    if (where === '/departments/search') return json(route, { items: search(new URL(request.url()).searchParams.get('q')) });
    if (/^\/departments\/\d+\/status$/.test(where)) return json(route, standing(where.split('/')[2]));
    if (/^\/calls\/[^/]+\/(transfer|consult)$/.test(where)) return json(route, { transfer_id: 'T1', state: 'requested' }, 202);
    if (where.startsWith('/transfers/')) return json(route, stage.transfer ?? { id: 'T1', call: 'A', mode: 'blind', state: 'trying', target: { department: 'DIT', extension: '5512' } });
    if (where === '/departments') return json(route, { items: departments });
    if (where === '/unfinished') return json(route, { items: stage.unfinished });
    if (where === '/contacts/lookup') return json(route, { candidates: [], history: [], looked_up: true });
    const [, call, what] = /^\/calls\/([^/]+)\/(.+)$/.exec(where) ?? [];
    if (what === 'draft') return draft(route, call, request.method(), body, request.headers());
    if (what === 'confirm') return json(route, { id: '1', ref: 'RY-2569-000124' }, 201);
    return json(route, {});
  });
  function signIn(route, { login, password }) {
    if (password === 'wrong') return problem(route, 401, 'wrong_password');
    stage.signedIn = Boolean(login);
    return json(route, {});
  }
  function draft(route, call, method, body, headers) {
    const stored = stage.drafts[call];
    if (method === 'GET') return json(route, stored ?? { version: 0, body: {} });
    const over = headers['if-match'] ? Number(headers['if-match'].replaceAll('"', '')) : 0;
    if (over !== (stored?.version ?? 0)) return problem(route, 412, 'stale_draft', { current: stored ?? null });
    stage.drafts[call] = { version: over + 1, body, saved_at: new Date().toISOString() };
    return json(route, stage.drafts[call]);
  }
  await page.routeWebSocket('**/ws/v1', (line) => {
    if (!stage.socket) return void line.close({ code: 1011 });
    stage.line = line;
    line.onMessage((text) => {
      const said = JSON.parse(text);
      stage.heard.push(said);
      if (said.t === 'phone.offer' && stage.phone) {
        for (const [t, d] of [['phone.answer', { offer: said.offer, leg: 'L', sdp: 'v=0' }], ['phone.state', { state: 'connected', ms: 84, leg: 'L' }], ['phone.call', { state: stage.phone }]]) stage.tell(t, d);
      }
      if (said.t !== 'hello') return;
      stage.welcomes += 1;
      line.send(JSON.stringify({ t: 'welcome', session: 's', epoch: 'e', agent: person.login, snapshot: stage.snapshot, from: stage.seq + 1 }));
    });
  });
  return stage;
}

export const number = { canonical: '+66812345678', display: '081-234-5678', class: 'mobile' };
export const known = { id: 'c1', prefix: 'นางสาว', given: 'กมลชนก', family: 'แก้วประเสริฐ', org: '', notes: '' };
const past = (ref, date, kind, subject, department, status) => ({ ref, date, kind, subject, department, status });
export const history = [
  past('RY-2569-000101', '2026-11-18T03:42:00Z', 'inquiry', 'สอบถามการแจ้งราคาปุ๋ยเคมีและป้ายแสดงราคาร้านค้าปลีก', 'กรมการค้าภายใน', 'waiting_unit'),
  past('RY-2569-000077', '2026-10-02T07:05:00Z', 'inquiry', 'ขอแบบฟอร์มจดทะเบียนพาณิชย์ (ทพ.) ร้านออนไลน์', 'กรมพัฒนาธุรกิจการค้า', 'closed'),
  past('RY-2569-000012', '2026-08-21T02:17:00Z', 'tip', '', 'กรมการค้าภายใน', 'closed'),
];
export const pop = (more = {}) => ({
  number, contact: known, candidates: [], history, looked_up: true, via: { did: '1203', forwarded_by: '1203' },
  ring: { elapsed_ms: 6200, period_ms: 5000, on_ms: 1000, limit: 3 }, answerable: true,
  greeting: 'ศูนย์บริการกระทรวงพาณิชย์ สวัสดีค่ะ', hop: 1, attempt: 1, ...more,
});
