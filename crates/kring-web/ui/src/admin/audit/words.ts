// The texts of the audit: what was done, in words, by its kind.

import { pageText } from '../../text/page_text.svelte';

const th = {
  title: 'ประวัติการแก้ไข',
  sub: 'ใครแก้ไขสิ่งใด และใครเปิดอ่านสิ่งที่คุ้มครองไว้ ใหม่สุดอยู่บน แก้ไขหรือลบไม่ได้',
  export: 'ส่งออก CSV',
  who: 'ผู้ทำ',
  whoHint: 'ชื่อผู้ใช้หรือชื่อโทเค็น',
  action: 'การกระทำ',
  all: 'ทุกอย่าง',
  subject: 'สิ่งที่ถูกทำ',
  from: 'ตั้งแต่วันที่',
  to: 'ถึงวันที่',
  when: 'เวลา',
  was: 'เดิม',
  is: 'ใหม่',
  none: 'ไม่พบรายการที่ตรงกับที่เลือก',
  details: 'รายละเอียด',
  detailsOf: (what: string, when: string) => `รายละเอียดของ ${what} เมื่อ ${when}`,
  field: 'ช่อง',
  noDetails: 'ไม่มีรายละเอียดเพิ่มเติม',
  page: (n: number) => `หน้า ${n}`,
  clear: 'ล้างตัวกรอง',
  commandLine: 'คำสั่งบนเครื่อง',
  program: (name: string) => `โปรแกรม ${name}`,
  of_session: 'การเข้าสู่ระบบ', of_user: 'ผู้ใช้', of_department: 'หน่วยงาน', of_holiday: 'วันหยุด', of_token: 'โทเค็น', of_settings: 'ค่าของระบบ',
  of_queue: 'คิวรับสาย', of_trunk: 'ตู้สาขา', of_phone: 'เครื่องโทรศัพท์', of_knowledge: 'คลังความรู้', of_contact: 'ผู้ติดต่อ', of_case: 'เรื่อง', of_privacy: 'คุ้มครองข้อมูล',
  of_retention: 'ระยะเวลาเก็บข้อมูล', of_consent_text: 'ข้อความแจ้งสิทธิ', of_tip: 'เบาะแส', of_trace: 'ข้อความ SIP', of_audit: 'ประวัติการแก้ไข', of_record: 'บันทึกหลังสาย',
  of_gap: 'คำถามที่ยังไม่มีคำตอบ', of_synonym: 'คำพ้อง', of_certificate: 'ใบรับรอง', of_setup: 'การตั้งค่าครั้งแรก', of_endpoint: 'หมายเลขปลายทาง', of_agent: 'สถานะเจ้าหน้าที่',
  did_add: 'เพิ่ม', did_change: 'แก้ไข', did_remove: 'ลบ', did_begin: 'เข้าสู่ระบบ', did_end: 'ออกจากระบบ', did_refused: 'ถูกปฏิเสธ', did_locked: 'ถูกพัก', did_replaced: 'ย้ายหน้าจอ',
  did_password: 'เปลี่ยนรหัสผ่าน', did_disable: 'ระงับ', did_enable: 'เปิดใช้', did_reload: 'อ่านค่าใหม่', did_read: 'เปิดอ่าน', did_export: 'ส่งออก', did_import: 'นำเข้า',
  did_request: 'รับคำขอ', did_carry_out: 'ดำเนินการ', did_refuse: 'ปฏิเสธคำขอ', did_erase: 'ลบข้อมูลบุคคล', did_set: 'กำหนด', did_take: 'ลบตามกำหนด', did_write: 'เขียนฉบับใหม่',
  did_merge: 'รวม', did_unmerge: 'แยก', did_hand_over: 'ส่งต่อ', did_answer: 'ตอบ', did_attach: 'แนบ', did_detach: 'เอาออก', did_pcap: 'ดาวน์โหลด pcap', did_hours: 'แก้ไขเวลาทำการ', did_test: 'ทดสอบ', did_secret: 'ออกรหัสใหม่',
};

export const words = pageText(th, {
  title: 'Audit',
  sub: 'Who changed what, and who read what is protected; newest first, and nobody can change it',
  export: 'Export CSV',
  who: 'Who',
  whoHint: 'A login, or the name of a token',
  action: 'What was done',
  all: 'Everything',
  subject: 'To what',
  from: 'From',
  to: 'To',
  when: 'When',
  was: 'Before',
  is: 'After',
  none: 'Nothing fits',
  details: 'Details',
  detailsOf: (what: string, when: string) => `Details of ${what}, ${when}`,
  field: 'Field',
  noDetails: 'Nothing more is kept of it',
  page: (n: number) => `Page ${n}`,
  clear: 'Clear the filter',
  commandLine: 'Command line',
  program: (name: string) => `Program ${name}`,
  of_session: 'Sign-in', of_user: 'User', of_department: 'Department', of_holiday: 'Holiday', of_token: 'Token', of_settings: 'Settings',
  of_queue: 'Queue', of_trunk: 'Trunk', of_phone: 'Phone', of_knowledge: 'Knowledge', of_contact: 'Person', of_case: 'Case', of_privacy: 'Privacy',
  of_retention: 'Retention', of_consent_text: 'Notice', of_tip: 'Tip', of_trace: 'SIP messages', of_audit: 'Audit', of_record: 'Record',
  of_gap: 'Gap', of_synonym: 'Synonym', of_certificate: 'Certificate', of_setup: 'First run', of_endpoint: 'Desk', of_agent: 'Agent’s state',
  did_add: 'added', did_change: 'changed', did_remove: 'removed', did_begin: 'in', did_end: 'out', did_refused: 'refused', did_locked: 'locked', did_replaced: 'moved',
  did_password: 'password changed', did_disable: 'disabled', did_enable: 'enabled', did_reload: 'reloaded', did_read: 'read', did_export: 'exported', did_import: 'imported',
  did_request: 'request taken in', did_carry_out: 'carried out', did_refuse: 'refused', did_erase: 'person erased', did_set: 'set', did_take: 'erased by rule', did_write: 'new version',
  did_merge: 'merged', did_unmerge: 'parted', did_hand_over: 'handed over', did_answer: 'answered', did_attach: 'attached', did_detach: 'detached', did_pcap: 'pcap', did_hours: 'hours changed', did_test: 'tested', did_secret: 'new secret',
});

/** The kinds that one can choose, and what they begin with. */
export const kinds = ['session', 'user', 'department', 'holiday', 'queue', 'trunk', 'phone', 'settings', 'token', 'knowledge', 'contact', 'case', 'privacy', 'retention', 'consent_text', 'tip', 'trace', 'audit'];

/** `department.change` in words; what this page does not know as it came. */
export function actionSaid(action: string): string {
  const [thing = '', did = ''] = action.split('.');
  const t = words.t as unknown as Record<string, string>;
  return `${t[`of_${thing}`] ?? thing} ${t[`did_${did}`] ?? did}`.trim();
}
export const kindSaid = (kind: string) => (words.t as unknown as Record<string, string>)[`of_${kind}`] ?? kind;

export function whoSaid(who: string): string {
  if (who === 'kringd') return words.t.commandLine;
  const [kind, ...name] = who.split(' ');
  return kind === 'program' ? words.t.program(name.join(' ')) : name.join(' ') || who;
}
