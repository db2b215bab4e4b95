// The part of Markdown that articles use: headings, lists, paragraphs, bold and links.
// Rule: it makes data and never HTML; what it does not know is shown as it was written.

export type Span = { text: string; bold?: boolean; href?: string };
export type Block = { kind: 'heading'; level: 1 | 2 | 3; spans: Span[] } | { kind: 'text'; spans: Span[] } | { kind: 'list'; ordered: boolean; items: Span[][] };

const marks = /\*\*(.+?)\*\*|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)|(https?:\/\/[^\s)<>"]+|www\.[a-z0-9.-]+\.[a-z]{2,}(?:\/[^\s)<>"]*)?)/gi;

export function spans(text: string): Span[] {
  const found: Span[] = [];
  let at = 0;
  for (const match of text.matchAll(marks)) {
    if (match.index > at) found.push({ text: text.slice(at, match.index) });
    const [whole, bold, label, target, bare] = match;
    if (bold) found.push({ text: bold, bold: true });
    else if (label && target) found.push({ text: label, href: target });
    else if (bare) found.push({ text: bare, href: bare.startsWith('http') ? bare : `https://${bare}` });
    at = match.index + whole.length;
  }
  if (at < text.length) found.push({ text: text.slice(at) });
  return found;
}

export function blocks(markdown: string): Block[] {
  const made: Block[] = [];
  let open: Block | null = null;
  for (const line of markdown.split(/\r?\n/)) {
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    const item = /^\s*(?:([-*•])|(\d+)[.)])\s+(.*)$/.exec(line);
    if (!line.trim()) open = null;
    else if (heading) {
      made.push({ kind: 'heading', level: Math.min(3, heading[1]!.length) as 1 | 2 | 3, spans: spans(heading[2]!) });
      open = null;
    } else if (item) {
      const ordered = item[2] !== undefined;
      if (open?.kind !== 'list' || open.ordered !== ordered) made.push((open = { kind: 'list', ordered, items: [] }));
      open.items.push(spans(item[3]!));
    } else if (open?.kind === 'text') open.spans.push({ text: '\n' }, ...spans(line));
    else made.push((open = { kind: 'text', spans: spans(line) }));
  }
  return made;
}
