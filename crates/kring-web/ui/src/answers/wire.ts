// What the knowledge says over the wire to the desk.

export type SourceKind = 'article' | 'document' | 'website';

export type Source = {
  id: string;
  kind: SourceKind;
  title: string;
  /** Absent in lists. */
  body?: string | null;
  address?: string | null;
  url?: string | null;
  department?: string | null;
  topics: string[];
  validity: 'valid' | 'expired' | 'not_yet';
  valid_from?: string | null;
  valid_until?: string | null;
  review_due: boolean;
  version: number;
  updated: string;
  missing?: boolean;
};

export type Piece = { text: string; hit: boolean };
export type Hit = { source: Source; title: Piece[]; snippet: Piece[] };
export type Found = { items: Hit[]; total: number; next?: string | null };
/** What is attached to a call. */
export type Attached = { source: Source; version: number; at: string; who: string };
