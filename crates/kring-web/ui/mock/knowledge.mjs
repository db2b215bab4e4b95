// What the cardboard's knowledge holds: an article, a document and a website.

const source = (id, kind, title, department, more = {}) => ({
  id, kind, title, department, department_id: '3', topics: [], address: null, url: null, language: 'th', status: 'published', validity: 'valid', valid_from: null, valid_until: null,
  review_by: null, review_due: false, version: 2, created: '2026-10-01T00:00:00Z', updated: '2026-11-03T02:00:00Z', updated_by: 'editor', shown: 12, attached: 3, missing: false, ...more,
});
export const sources = [
  source('s1', 'article', 'การปิดป้ายแสดงราคาสินค้าและบริการ', 'DIT', {
    body: '## ใครต้องปิดป้าย\n\nผู้จำหน่ายต้องแสดงราคาขายปลีกเป็น**ภาษาไทย**ให้ผู้บริโภคอ่านได้โดยง่าย\n\n- ราคาต่อหน่วย\n- ค่าบริการที่เรียกเก็บเพิ่ม\n- วันที่ของราคา\n\n## โทษ\n\nฝ่าฝืนมีโทษปรับไม่เกิน 10,000 บาท ดูประกาศที่ www.dit.go.th',
  }),
  source('s2', 'document', 'ปุ๋ยเคมี: สินค้าควบคุมและการแจ้งราคา (คู่มืออบรม)', 'DIT', { valid_until: '2026-12-31', address: 'ปุ๋ยเคมี.pdf', body: 'ขั้นตอนการแจ้งต้นทุน ราคาซื้อ ราคาจำหน่าย และปริมาณคงเหลือ พร้อมแบบฟอร์มและช่องทางยื่นออนไลน์' }),
  source('s3', 'website', 'กรมการค้าภายใน', 'DIT', { address: 'www.dit.go.th', url: 'https://www.dit.go.th/' }),
  source('s4', 'article', 'อัตราค่าธรรมเนียมชั่งตวงวัด ปี 2567', 'DIT', { validity: 'expired', valid_until: '2024-12-31', review_due: true, body: 'เลิกใช้แล้ว' }),
];
const pieces = (text, words) => {
  const at = words ? text.indexOf(words) : -1;
  return at < 0 ? [{ text, hit: false }] : [{ text: text.slice(0, at), hit: false }, { text: words, hit: true }, { text: text.slice(at + words.length), hit: false }].filter((piece) => piece.text);
};
const listed = ({ body: _, ...rest }) => rest;

/** What is asked of the knowledge, or nothing when it is something else. `attached`: by call. */
export function knowledge(where, method, query, body, attached) {
  const [, one] = /^\/knowledge\/sources\/([^/]+)$/.exec(where) ?? [];
  const [, call, taken] = /^\/calls\/([^/]+)\/knowledge(?:\/([^/]+))?$/.exec(where) ?? [];
  if (one) return sources.find((each) => each.id === one);
  if (where === '/knowledge/sources') return { items: sources.map(listed) };
  if (where === '/knowledge/gaps') return { id: 'g1', q: body?.q, times: 1, first_at: '2026-11-23T08:12:00Z', last_at: '2026-11-23T08:12:00Z', version: 1 };
  if (where === '/knowledge/search') {
    const typed = query.get('q');
    const found = sources.filter((each) => typed.split(' ').some((word) => `${each.title} ${each.body ?? ''}`.includes(word.slice(0, 6))));
    return { total: found.length, items: found.map((each) => ({ source: listed(each), title: pieces(each.title, typed), snippet: each.body ? pieces(each.body.replaceAll(/[#*\n]+/g, ' '), typed) : [], score: 1 })) };
  }
  if (!call) return undefined;
  attached[call] ??= [];
  if (method === 'POST') attached[call].push(body.source_id);
  if (method === 'DELETE') attached[call] = attached[call].filter((id) => id !== taken);
  return { items: attached[call].map((id) => ({ source: listed(sources.find((each) => each.id === id)), version: 2, at: '2026-11-23T08:12:00Z', who: 'supaporn' })) };
}
