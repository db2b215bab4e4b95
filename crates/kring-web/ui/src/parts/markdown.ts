// Markdown of articles, for whoever reads and for whoever edits, read into blocks that are drawn as elements.
// Rule: text never becomes HTML; what is not known is shown as it was written.
// What is known: headings, lists, numbered lists, quotes, lines, code, tables, bold, italics, code, links of the web.

export type Span = { kind: 'text' | 'bold' | 'italic' | 'code'; text: string } | { kind: 'link'; text: string; href: string };
export type Block =
  | { kind: 'heading'; level: number; spans: Span[] }
  | { kind: 'paragraph' | 'quote'; lines: Span[][] }
  | { kind: 'list'; ordered: boolean; items: Span[][] }
  | { kind: 'table'; head: Span[][]; rows: Span[][][] }
  | { kind: 'code'; text: string }
  | { kind: 'rule' };

/** `**bold**`, `*italic*`, `` `code` ``, `[name](https://…)`, and a bare address. */
const inline = /\*\*(.+?)\*\*|(?<![\w*])\*([^*\s][^*]*?)\*(?!\w)|`([^`]+)`|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)|(https?:\/\/[^\s<>"')\]]+|www\.[a-z0-9.-]+\.[a-z]{2,}(?:\/[^\s<>"')\]]*)?)/gi;

export function spans(text: string): Span[] {
  const out: Span[] = [];
  let at = 0;
  for (const match of text.matchAll(inline)) {
    if (match.index > at) out.push({ kind: 'text', text: text.slice(at, match.index) });
    const [whole, bold, italic, code, name, href, bare] = match;
    if (bold !== undefined) out.push({ kind: 'bold', text: bold });
    else if (italic !== undefined) out.push({ kind: 'italic', text: italic });
    else if (code !== undefined) out.push({ kind: 'code', text: code });
    else if (name !== undefined) out.push({ kind: 'link', text: name, href: href! });
    else out.push({ kind: 'link', text: bare!, href: bare!.startsWith('http') ? bare! : `https://${bare}` });
    at = match.index + whole.length;
  }
  if (at < text.length) out.push({ kind: 'text', text: text.slice(at) });
  return out;
}

const bullet = /^\s*[-*•]\s+(.*)$/;
const numbered = /^\s*[0-9๐-๙]+[.)]\s+(.*)$/;
const cells = (line: string) => line.trim().replace(/^\||\|$/g, '').split('|').map((cell) => spans(cell.trim()));

export function blocks(markdown: string): Block[] {
  const lines = markdown.replace(/\r\n?/g, '\n').split('\n');
  const out: Block[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at]!;
    const taken = codeAt(lines, at) ?? tableAt(lines, at) ?? listAt(lines, at) ?? lineAt(line) ?? paragraphAt(lines, at);
    if (taken.block) out.push(taken.block);
    at += taken.lines;
  }
  return out;
}

type Taken = { block: Block | null; lines: number };

function codeAt(lines: string[], at: number): Taken | null {
  if (!lines[at]!.startsWith('```')) return null;
  const end = lines.findIndex((line, n) => n > at && line.startsWith('```'));
  const until = end < 0 ? lines.length : end;
  return { block: { kind: 'code', text: lines.slice(at + 1, until).join('\n') }, lines: until - at + (end < 0 ? 0 : 1) };
}

function tableAt(lines: string[], at: number): Taken | null {
  if (!lines[at]!.includes('|') || !/^\s*\|?\s*:?-{3,}/.test(lines[at + 1] ?? '')) return null;
  let end = at + 2;
  while (end < lines.length && lines[end]!.includes('|')) end += 1;
  return { block: { kind: 'table', head: cells(lines[at]!), rows: lines.slice(at + 2, end).map(cells) }, lines: end - at };
}

function listAt(lines: string[], at: number): Taken | null {
  const mark = bullet.test(lines[at]!) ? bullet : numbered.test(lines[at]!) ? numbered : null;
  if (!mark) return null;
  const items: Span[][] = [];
  let end = at;
  for (; end < lines.length; end += 1) {
    const item = mark.exec(lines[end]!)?.[1];
    if (item === undefined) break;
    items.push(spans(item));
  }
  return { block: { kind: 'list', ordered: mark === numbered, items }, lines: end - at };
}

function lineAt(line: string): Taken | null {
  if (!line.trim()) return { block: null, lines: 1 };
  const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
  if (heading) return { block: { kind: 'heading', level: heading[1]!.length, spans: spans(heading[2]!) }, lines: 1 };
  if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) return { block: { kind: 'rule' }, lines: 1 };
  return null;
}

function paragraphAt(lines: string[], at: number): Taken {
  const quote = lines[at]!.startsWith('>');
  let end = at;
  const own: Span[][] = [];
  for (; end < lines.length; end += 1) {
    const line = lines[end]!;
    if (end > at && (lineAt(line) || bullet.test(line) || numbered.test(line) || line.startsWith('```') || line.startsWith('>') !== quote)) break;
    own.push(spans(quote ? line.replace(/^>\s?/, '') : line));
  }
  return { block: { kind: quote ? 'quote' : 'paragraph', lines: own }, lines: end - at };
}
