// What the buttons of a recording in a call say. Loaded where calls are recorded.

import { pageText } from '../text/page_text.svelte';

export const words = pageText(
  {
    record: 'บันทึกเสียง',
    recordHint: 'เริ่มบันทึกเสียงสายนี้ ผู้โทรจะได้ยินประกาศ',
    pause: 'พักบันทึก',
    pauseHint: 'หยุดเก็บเสียงชั่วคราว เช่น ขณะผู้โทรบอกเลขบัตร',
    resume: 'บันทึกต่อ',
    resumeHint: 'เก็บเสียงต่อ',
  },
  {
    record: 'Record',
    recordHint: 'Record this call; the caller hears a notice',
    pause: 'Pause rec.',
    pauseHint: 'Nothing is kept meanwhile: for a card number, say',
    resume: 'Resume rec.',
    resumeHint: 'Keep the sound again',
  },
);
