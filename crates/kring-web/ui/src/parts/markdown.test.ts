import { describe, expect, it } from 'vitest';
import { blocks, spans } from './markdown';

describe('Markdown of articles', () => {
  it('has headings, lists and paragraphs', () => {
    const read = blocks('## หัวข้อ\n\n- หนึ่ง\n- สอง\n\n๑. ก\n2) ข\nข้อความ\nบรรทัดสอง');
    expect(read.map(({ kind }) => kind)).toEqual(['heading', 'list', 'list', 'paragraph']);
    expect(read[2]).toMatchObject({ ordered: true, items: [[{ text: 'ก' }], [{ text: 'ข' }]] });
    expect(read[3]).toMatchObject({ lines: [[{ text: 'ข้อความ' }], [{ text: 'บรรทัดสอง' }]] });
  });

  it('has tables, quotes, code and lines', () => {
    const read = blocks('| ก | ข |\n|---|---|\n| 1 | 2 |\n\n> อ้าง\n\n```\n**no**\n```\n---');
    expect(read.map(({ kind }) => kind)).toEqual(['table', 'quote', 'code', 'rule']);
    expect(read[0]).toMatchObject({ rows: [[[{ text: '1' }], [{ text: '2' }]]] });
  });

  it('links what is written as an address', () => expect(spans('ดู www.moc.go.th')[1]).toEqual({ kind: 'link', text: 'www.moc.go.th', href: 'https://www.moc.go.th' }));

  it('links to the web alone', () => {
    expect(spans('ดู [แบบฟอร์ม](https://www.dbd.go.th/x) และ https://www.moc.go.th')).toEqual([
      { kind: 'text', text: 'ดู ' },
      { kind: 'link', text: 'แบบฟอร์ม', href: 'https://www.dbd.go.th/x' },
      { kind: 'text', text: ' และ ' },
      { kind: 'link', text: 'https://www.moc.go.th', href: 'https://www.moc.go.th' },
    ]);
    expect(spans('[x](javascript:alert(1))')).toEqual([{ kind: 'text', text: '[x](javascript:alert(1))' }]);
  });

  it('is text where it is nothing else', () => {
    expect(spans('<b>3*4*5</b>')).toEqual([{ kind: 'text', text: '<b>3*4*5</b>' }]);
    expect(spans('**หนา** ปกติ')).toEqual([{ kind: 'bold', text: 'หนา' }, { kind: 'text', text: ' ปกติ' }]);
    expect(blocks('')).toEqual([]);
  });

  it('ends on whatever is typed', () => {
    for (const odd of ['```', '|', '- ', '#', '> ', '**', '| a |\n|---|', '1.', '\n\n\n']) expect(() => blocks(odd)).not.toThrow();
  });
});
