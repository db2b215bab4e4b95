// The queue editor: a queue of the database, of the file, a new one, and plans of every kind.

const admin = { me: { login: 'wichai', name: 'วิชัย ผู้ดูแล', roles: ['admin'], device: null, devices: [] } };
const agents = [['piyada', 'ปิยะดา ฐิติญาณ', '5029', 760_000], ['supaporn', 'สุภาพร ศรีสุวรรณประเสริฐ', '5021', 485_000], ['natthawut', 'ณัฐวุฒิ ปัญญาเลิศ', '5022', 331_000], ['thanakorn', 'ธนากร ใจดี', '5024', 136_000], ['waranya', 'วรัญญา สุขใจ', '5025', null]];
const queue = (name, source, settings, more = {}) => ({ name, waiting: 1, oldest_ms: 4000, talking: 2, ready: 3, open: true, calls_today: 206, source, version: source === 'database' ? 3 : 0, settings, complaint: null, ...more });
const plan = ['longest_idle:2', 'all:1'];
const queues = [
  queue('สายด่วน 1203', 'database', { did: ['1203', '038694068'], members: agents.map(([login], i) => (i === 4 ? `${login}:2` : login)), plan, deadline_action: 'answer_greet_queue', max_wait_s: 300 }),
  queue('จดทะเบียนพาณิชย์', 'file', { did: ['038611025'], members: ['piyada', 'natthawut'], plan: ['all:3'], deadline_action: 'announce_busy' }, { calls_today: 61 }),
  queue('ร้องเรียนราคา 1569', 'database', { did: ['1569'], members: [], plan, deadline_action: 'offer_callback', callback_tries: 3 }, { calls_today: 39, complaint: { field: 'did', th: 'เลข 1569 เป็นของคิวอื่นในแฟ้มแล้ว', en: 'the number 1569 leads to another queue already' } }),
];
/** Only roughly what the exchange would do: enough to look at. */
function preview({ body }) {
  const steps = (body.plan ?? []).map((hop) => [hop.split(':')[0], Number(hop.split(':')[1])]);
  if (steps.reduce((sum, [, n]) => sum + n, 0) !== 3) return [422, 'bad_field', { field: 'plan', fields: { plan: { th: 'เสียงของทุกขั้นรวมกันต้องได้ 3 ครั้ง', en: 'the rings must add up to 3' } } }];
  const free = body.free ?? 4;
  const rows = agents.map(([login, name, extension, idle], i) => ({ login, name, device: `pbx:${extension}`, state: idle === null ? 'talking' : 'ready', idle_ms: i < free ? (idle ?? 48_000) : null, bursts: [] }));
  let [at, turn] = [0, 0];
  const hops = steps.map(([strategy, rings]) => {
    const ringing = strategy === 'all' ? rows.slice(0, free) : free > 0 ? [rows[turn++ % free]] : [];
    for (const one of ringing) one.bursts.push(...Array.from({ length: rings }, (_, i) => at + i + 1));
    const hop = { at_ms: at * 5000, strategy, rings, agents: ringing.map((one) => one.login) };
    at += rings;
    return hop;
  });
  return {
    limit: 3, period_ms: 5000, on_ms: 1000, guard_ms: 500, deadline_ms: 15000, cancel_ms: 14500, deadline_action: body.deadline_action ?? 'answer_greet_queue', agents: rows, hops,
    cases: [{ free: 'all', phones: [1, 1, 5] }, { free: 'one', phones: [1, 1, 1] }, { free: 'none', phones: [0, 0, 0] }], toml: `plan = ${JSON.stringify(body.plan)}`,
    told_th: 'เครื่องโทรศัพท์หยุดดังที่ 14.5 วินาที ก่อนครบ 3 ครั้ง จากนั้นระบบรับสาย กล่าวทักทาย และให้รอในคิว', told_en: 'The phones are silent from 14.5 s on; then kring answers, greets, and the caller waits in the queue',
  };
}
const answers = {
  'GET /queues': { items: queues },
  'GET /agents': { items: agents.map(([login, name, extension]) => ({ login, name, device: `pbx:${extension}`, role: 'agent' })) },
  'POST /queues/preview': preview,
};
const at = (name, then, more = {}) => ({ ...admin, answers: { ...answers, ...more }, at: `admin/queues/${encodeURIComponent(name)}`, then });
const settled = (page) => page.waitForTimeout(500);

export const states = {
  '67-queues': at('สายด่วน 1203', settled),
  '67-queue-nobody-free': at('สายด่วน 1203', async (page) => {
    await page.getByTestId('free').selectOption('0');
    await settled(page);
  }),
  '67-queue-plan-short': at('สายด่วน 1203', async (page) => {
    await page.locator('[data-testid="plan"] li').nth(1).locator('button').last().click();
    await settled(page);
  }),
  '67-queue-in-file': at('จดทะเบียนพาณิชย์', settled),
  '67-queue-complaint': at('ร้องเรียนราคา 1569', settled),
  '67-queue-new': at('new', settled),
  '67-queue-refused': at('สายด่วน 1203', async (page) => {
    await page.fill('#did', '1569');
    await page.getByTestId('save').click();
    await settled(page);
  }, { 'PATCH /queues/*': [422, 'bad_field', { field: 'did', fields: { did: { th: 'เลข 1569 เป็นของคิว “ร้องเรียนราคา 1569” แล้ว', en: 'the number 1569 leads to another queue already' } } }] }),
};
