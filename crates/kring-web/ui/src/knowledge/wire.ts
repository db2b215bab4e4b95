// What REST says of the knowledge.

export type SourceKind = 'article' | 'document' | 'website';
export const sourceStatuses = ['draft', 'published', 'retired'] as const;
export type SourceStatus = (typeof sourceStatuses)[number];
export type Validity = 'valid' | 'expired' | 'not_yet';

export type Source = {
  id: string;
  kind: SourceKind;
  title: string;
  /** Of a website as it is printed; of a document, the name of its file. */
  address: string | null;
  url: string | null;
  department: string | null;
  department_id: string | null;
  topics: string[];
  language: string | null;
  status: SourceStatus;
  valid_from: string | null;
  valid_until: string | null;
  validity: Validity;
  review_by: string | null;
  review_due: boolean;
  version: number;
  created: string;
  updated: string;
  updated_by: string;
  shown: number;
  attached: number;
  missing: boolean;
  /** Absent in lists. */
  body?: string | null;
};

export type Piece = { text: string; hit: boolean };
export type Hit = { source: Source; title: Piece[]; snippet: Piece[] };
export type Found = { items: Hit[]; next: string | null; total: number };
export type SourceChanges = Partial<{
  kind: SourceKind; title: string; body: string | null; address: string | null; department: string | null; topics: string[]; language: string | null; status: SourceStatus;
  valid_from: string | null; valid_until: string | null; review_by: string | null;
}>;
export type Version = { version: number; at: string; who: string; content: Record<string, unknown> };
export type Gap = { id: string; q: string; times: number; first_at: string; last_at: string; answered_by: string | null; answered_at: string | null; version: number };
export type Synonym = { id: string; version: number; words: string[] };
export type DocumentFile = { source_id: string; node: string; path: string; bytes: number; pages: number; read_at: string; missing: boolean; failed: string | null };
export type Imported = { dry_run: boolean; added: string[]; changed: string[]; left: string[] };
export type RowMistake = { row: number; column: string; text_th: string; text_en: string };
