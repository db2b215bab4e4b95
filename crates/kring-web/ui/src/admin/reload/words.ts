// The texts of reading the configuration again.

import { pageText } from '../../text/page_text.svelte';

const th = {
  title: 'อ่านค่าใหม่',
  sub: 'ให้ระบบอ่านแฟ้ม kring.toml และใบรับรองอีกครั้ง โดยไม่ต้องเริ่มระบบใหม่',
  hint: 'สายที่ดัง รอ หรือสนทนาอยู่ไม่หลุด หากแฟ้มมีข้อผิดพลาด ระบบใช้ค่าเดิมต่อไปทั้งหมด',
  go: 'อ่านค่าใหม่เดี๋ยวนี้',
  going: 'กำลังอ่าน',
  nothing: 'ไม่มีค่าใดเปลี่ยนไปจากที่ใช้อยู่',
  changed: 'มีผลแล้ว',
  restart: 'มีผลเมื่อเริ่มระบบใหม่',
  refused: 'แฟ้มมีข้อผิดพลาด ระบบยังใช้ค่าเดิม',
  at: (when: string) => `อ่านเมื่อ ${when}`,
};

export const words = pageText(th, {
  title: 'Reload',
  sub: 'Reads kring.toml and the certificates again, without a restart',
  hint: 'Calls that ring, wait or talk go on; with a mistake in the file, everything stays as it is',
  go: 'Reload now',
  going: 'Reading',
  nothing: 'Nothing differs from what is in force',
  changed: 'In force now',
  restart: 'In force after a restart',
  refused: 'The file has mistakes: everything stays as it is',
  at: (when: string) => `Read at ${when}`,
});
