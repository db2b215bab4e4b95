// The texts of a supervisor who hears a call.

import { pageText } from '../text/page_text.svelte';
import type { MonitorMode } from '../wire';

type OfModes = Record<MonitorMode, string>;
const modesTh: OfModes = { listen: 'ฟัง', whisper: 'กระซิบ', barge: 'เข้าร่วม' };
const modesEn: OfModes = { listen: 'Listen', whisper: 'Whisper', barge: 'Barge in' };
const hintsTh: OfModes = { listen: 'ฟังสาย ไม่มีใครได้ยินคุณ', whisper: 'พูดกับเจ้าหน้าที่ ผู้โทรไม่ได้ยิน', barge: 'พูดกับทุกคนในสาย' };
const hintsEn: OfModes = { listen: 'Hear the call; nobody hears you', whisper: 'Speak to the agent; the caller does not hear you', barge: 'Speak to everybody in the call' };
const onTh: OfModes = { listen: 'คุณกำลังฟังสายนี้', whisper: 'เจ้าหน้าที่ได้ยินคุณ', barge: 'ทุกคนในสายได้ยินคุณ' };
const onEn: OfModes = { listen: 'You hear this call', whisper: 'The agent hears you', barge: 'Everybody in the call hears you' };

export const words = pageText(
  {
    group: 'ฟังและช่วยเจ้าหน้าที่ในสายนี้',
    mode: (of: MonitorMode) => modesTh[of],
    hint: (of: MonitorMode) => hintsTh[of],
    stop: 'เลิกฟัง',
    ringing: 'กำลังเรียกเครื่องของคุณ',
    on: (of: MonitorMode) => onTh[of],
    other: (who: string) => `${who} ฟังสายนี้อยู่`,
    stopped: 'เลิกฟังแล้ว',
  },
  {
    group: 'Hear this call and help its agent',
    mode: (of) => modesEn[of],
    hint: (of) => hintsEn[of],
    stop: 'Stop',
    ringing: 'Your phone is ringing',
    on: (of) => onEn[of],
    other: (who: string) => `${who} listens to this call`,
    stopped: 'You have left the call',
  },
);
