import { describe, expect, it } from 'vitest';
import { blocks, spans } from './markdown';

describe('markdown', () => {
  it('has headings, lists and paragraphs', () => {
    const made = blocks('# หัวข้อ\n\nบรรทัดแรก\nบรรทัดสอง\n\n- หนึ่ง\n- สอง\n1. ก่อน\n2. หลัง');
    expect(made.map((block) => block.kind)).toEqual(['heading', 'text', 'list', 'list']);
    expect(made[2]).toMatchObject({ ordered: false, items: [[{ text: 'หนึ่ง' }], [{ text: 'สอง' }]] });
    expect(made[3]).toMatchObject({ ordered: true });
  });

  it('knows bold and links, and leaves addresses that are none alone', () => {
    expect(spans('ดู **มาตรา 28** ที่ [เว็บ](https://www.dit.go.th/) หรือ www.moc.go.th')).toEqual([
      { text: 'ดู ' },
      { text: 'มาตรา 28', bold: true },
      { text: ' ที่ ' },
      { text: 'เว็บ', href: 'https://www.dit.go.th/' },
      { text: ' หรือ ' },
      { text: 'www.moc.go.th', href: 'https://www.moc.go.th' },
    ]);
    expect(spans('[x](javascript:alert(1))')).toEqual([{ text: '[x](javascript:alert(1))' }]);
  });

  it('shows markup of others as it was written', () => expect(blocks('<b>x</b>')).toEqual([{ kind: 'text', spans: [{ text: '<b>x</b>' }] }]));
});
