// What the call bar says of sound and of a telephone in the page; small, for it comes with the first page.

import { pageText } from '../text/page_text.svelte';

export const words = pageText(
  {
    microphone: 'ไมโครโฟน',
    line: 'เสียงของโทรศัพท์ในหน้าจอ',
    soundGood: 'เสียงชัด',
    soundFair: 'เสียงพอใช้',
    soundPoor: 'เสียงไม่ดี',
    lossOfCaller: (pct: string) => `เสียงจากผู้โทรขาดหาย ${pct}%`,
    lossOfAgent: (pct: string) => `เสียงจากท่านขาดหาย ${pct}%`,
    lossOfThird: (pct: string) => `เสียงจากปลายทางขาดหาย ${pct}%`,
    phoneTrouble: 'โทรศัพท์มีปัญหา',
    cannotTake: 'รับสายไม่ได้',
    cannotTakeHint: 'ท่านอยู่ในสถานะพร้อมรับสาย สายจะดังที่นี่อีกเมื่อโทรศัพท์กลับมา',
    mutedShort: 'ปิดไมค์อยู่',
    lostTalking: 'สายที่คุยอยู่ไม่หลุดและยังได้ยินกัน วางสายได้เมื่อหน้าจอกลับมา',
    lostRinging: 'สายยังเรียกอยู่ รับได้เมื่อหน้าจอกลับมา',
    lostIdle: 'สายใหม่ดังที่หน้าจอนี้เมื่อหน้าจอกลับมา',
  },
  {
    microphone: 'microphone',
    line: 'sound of the telephone in this page',
    soundGood: 'Clear',
    soundFair: 'Fair sound',
    soundPoor: 'Poor sound',
    lossOfCaller: (pct: string) => `${pct}% of the caller's voice is lost`,
    lossOfAgent: (pct: string) => `${pct}% of your voice is lost`,
    lossOfThird: (pct: string) => `${pct}% of the other end's voice is lost`,
    phoneTrouble: 'Telephone in trouble',
    cannotTake: 'Cannot take calls',
    cannotTakeHint: 'You are still ready: calls ring here again when the telephone is back',
    mutedShort: 'muted',
    lostTalking: 'The call goes on and you hear each other; hang up when the page is back',
    lostRinging: 'The call still rings: answer when the page is back',
    lostIdle: 'New calls ring here when the page is back',
  },
);
