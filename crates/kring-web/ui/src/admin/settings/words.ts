// The texts of the settings: each by its key, with a sentence where the name alone does not say enough.

import { pageText } from '../../text/page_text.svelte';

const th = {
  title: 'ค่าของระบบ',
  sub: 'ค่าที่กำหนดไว้ในแฟ้ม kring.toml เปลี่ยนที่หน้านี้ไม่ได้ ค่าอื่นเปลี่ยนได้และมีผลทันที เว้นแต่ระบุว่าต้องเริ่มระบบใหม่',
  groups: 'หมวดของค่า',
  default: (value: string) => `ค่าเริ่มต้น ${value}`,
  noDefault: 'ค่าเริ่มต้นคือไม่กำหนด',
  bounds: (least: string, most: string) => `${least} ถึง ${most}`,
  toDefault: 'กลับเป็นค่าเริ่มต้น',
  toDefaultOf: (name: string) => `กลับเป็นค่าเริ่มต้น ${name}`,
  inFile: 'กำหนดในแฟ้ม',
  restart: 'มีผลเมื่อเริ่มระบบใหม่',
  perLine: 'บรรทัดละหนึ่งค่า',
  on: 'เปิด',
  off: 'ปิด',
  effect: 'มีผลกับสายถัดไป',
  complaint: (why: string) => `ไม่มีผลอยู่ เพราะ ${why}`,
  group_house: 'ศูนย์บริการ', group_ring: 'กฎเสียงเรียก', group_agent: 'เจ้าหน้าที่', group_pop: 'หน้าจอสายเข้า', group_hours: 'เวลาทำการ', group_number: 'หมายเลข',
  group_transfer: 'การโอนสาย', group_case: 'เรื่อง', group_media: 'เสียง', group_ui: 'หน้าจอ', group_process: 'ของเครื่อง',
  unit_s: 'วินาที', unit_ms: 'มิลลิวินาที', unit_days: 'วัน', unit_rings: 'ครั้ง', unit_calls: 'สาย', unit_cases: 'เรื่อง', unit_MB: 'เมกะไบต์', unit_Hz: 'เฮิรตซ์',
  'house.name': 'ชื่อศูนย์ภาษาไทย', 'house.name_en': 'ชื่อศูนย์ภาษาอังกฤษ (English)',
  'ring.limit': 'เสียงเรียกได้ไม่เกิน', 'ring.cadence_on_ms': 'เสียงดังนาน', 'ring.cadence_off_ms': 'เงียบนาน', 'ring.guard_ms': 'หยุดดังก่อนเส้นตาย', 'ring.policy': 'นับถึงเมื่อใด',
  'ring.plan': 'ลำดับการเรียกของคิวที่ไม่ได้กำหนดเอง', 'ring.deadline_action': 'เมื่อครบเสียงแล้วไม่มีผู้รับ', 'ring.ringback': 'ใครให้เสียงเรียกแก่ผู้โทร', 'ring.tone_hz': 'ความถี่ของเสียงเรียก',
  'agent.wrapup_s': 'เวลาบันทึกหลังสาย', 'agent.rona_limit': 'พักเมื่อไม่รับติดกัน', 'agent.pause_reasons': 'เหตุผลที่พักงานได้', 'agent.greeting_th': 'คำทักทายบนหน้าจอ', 'agent.particle': 'คำลงท้ายถ้าไม่ได้เลือก',
  'pop.screen_dead_ms': 'ถือว่าหน้าจอไม่ตอบเมื่อ', 'pop.history_items': 'เรื่องเดิมที่แสดง', 'hours.tz': 'เขตเวลา', 'hours.default': 'เวลาทำการของศูนย์', 'hours.holidays': 'วันหยุดเพิ่มเติม',
  'number.area_default': 'รหัสพื้นที่ของหมายเลขที่ไม่มีรหัส', 'number.hotlines': 'สายด่วนที่ส่งต่อมา', 'transfer.method': 'วิธีโอนสาย', 'transfer.recall_rings': 'ปลายทางดังได้', 'transfer.wait_final_notify_s': 'รอตู้สาขาแจ้งผล',
  'transfer.recall': 'สายกลับหาเจ้าหน้าที่เมื่อโอนไม่สำเร็จ', 'transfer.require_reason': 'ต้องเลือกเหตุผลที่โอน', 'transfer.record_link': 'ลิงก์ไปบันทึกของสาย', 'case.ref_format': 'รูปแบบเลขเรื่อง',
  'case.sla_days.inquiry': 'กำหนดตอบ สอบถาม', 'case.sla_days.consultation': 'กำหนดตอบ ปรึกษาเชิงลึก', 'case.sla_days.complaint': 'กำหนดตอบ ร้องเรียน', 'case.sla_days.tip': 'กำหนดตอบ เบาะแส', 'case.reopen_days': 'เปิดเรื่องที่ปิดแล้วใหม่ได้ภายใน', 'case.attachment_max_mb': 'ไฟล์แนบใหญ่สุด',
  'media.greeting': 'เสียงคำทักทาย', 'media.music': 'เสียงดนตรีระหว่างรอ', 'media.record': 'บันทึกเสียงสนทนา (off, on_demand, all)', 'media.record_notice': 'ประกาศให้ผู้โทรทราบว่าบันทึกเสียง',
  data_dir: 'โฟลเดอร์ข้อมูล', node: 'ชื่อเครื่องในระบบ', 'sip.listen': 'รับ SIP ที่', 'http.listen': 'รับหน้าจอที่', 'http.public_url': 'ที่อยู่ของหน้าจอ', 'database.url': 'ฐานข้อมูล', 'media.rtp_ports': 'พอร์ตเสียง',
};

export const words = pageText(th, {
  title: 'Settings',
  sub: 'What kring.toml says cannot be changed here; the rest can, and holds at once unless it says that it needs a restart',
  groups: 'Groups of settings',
  default: (value: string) => `Default ${value}`,
  noDefault: 'Nothing by default',
  bounds: (least: string, most: string) => `${least} to ${most}`,
  toDefault: 'Back to the default',
  toDefaultOf: (name: string) => `Back to the default: ${name}`,
  inFile: 'In the file',
  restart: 'Needs a restart',
  perLine: 'One a line',
  on: 'On',
  off: 'Off',
  effect: 'Holds from the next call',
  complaint: (why: string) => `Not in force: ${why}`,
  group_house: 'The centre', group_ring: 'Ring rule', group_agent: 'Agents', group_pop: 'Screen pop', group_hours: 'Hours', group_number: 'Numbers',
  group_transfer: 'Transfers', group_case: 'Cases', group_media: 'Sound', group_ui: 'Console', group_process: 'Of the process',
  unit_s: 's', unit_ms: 'ms', unit_days: 'days', unit_rings: 'rings', unit_calls: 'calls', unit_cases: 'cases', unit_MB: 'MB', unit_Hz: 'Hz',
  'house.name': 'Name in Thai', 'house.name_en': 'Name in English',
  'ring.limit': 'Rings at most', 'ring.cadence_on_ms': 'A burst lasts', 'ring.cadence_off_ms': 'Silence lasts', 'ring.guard_ms': 'Silent before the deadline', 'ring.policy': 'Counted until',
  'ring.plan': 'Plan of queues without one', 'ring.deadline_action': 'When nobody answers', 'ring.ringback': 'Who makes the caller’s tone', 'ring.tone_hz': 'Its frequency',
  'agent.wrapup_s': 'Time for the record', 'agent.rona_limit': 'Paused after calls rung out', 'agent.pause_reasons': 'Reasons to pause', 'agent.greeting_th': 'Greeting on the screen', 'agent.particle': 'Particle where none is chosen',
  'pop.screen_dead_ms': 'A screen is dead after', 'pop.history_items': 'Earlier cases shown', 'hours.tz': 'Time zone', 'hours.default': 'Hours of the centre', 'hours.holidays': 'More holidays',
  'number.area_default': 'Area code of numbers without one', 'number.hotlines': 'Hotlines that forward', 'transfer.method': 'How calls are transferred', 'transfer.recall_rings': 'Targets ring', 'transfer.wait_final_notify_s': 'Wait for the PBX’s word',
  'transfer.recall': 'The caller comes back when it fails', 'transfer.require_reason': 'A reason must be chosen', 'transfer.record_link': 'Link to a call’s record', 'case.ref_format': 'Form of references',
  'case.sla_days.inquiry': 'Due, inquiries', 'case.sla_days.consultation': 'Due, consultations', 'case.sla_days.complaint': 'Due, complaints', 'case.sla_days.tip': 'Due, tips', 'case.reopen_days': 'Closed cases can be opened for', 'case.attachment_max_mb': 'Largest attachment',
  'media.greeting': 'Greeting', 'media.music': 'Music on hold', 'media.record': 'Record calls (off, on_demand, all)', 'media.record_notice': 'Tell callers that they are recorded',
  data_dir: 'Folder', node: 'Name of this process', 'sip.listen': 'SIP at', 'http.listen': 'Console at', 'http.public_url': 'Address of the console', 'database.url': 'Database', 'media.rtp_ports': 'Ports of sound',
});

const t = () => words.t as unknown as Record<string, string>;
/** A key that this page does not know stands as it is. */
export const settingName = (key: string) => t()[key] ?? key;
export const groupName = (group: string) => t()[`group_${group}`] ?? group;
export const unitName = (unit: string) => t()[`unit_${unit}`] ?? unit;
