// The PDPA desk over REST.

export const kinds = ['access', 'erase', 'restrict', 'lift'] as const;
export type Kind = (typeof kinds)[number];
export type Status = 'open' | 'done' | 'refused';

export type Request = {
  id: string;
  kind: Kind;
  status: Status;
  contact_id?: string | null;
  /** A number that is nobody's contact, until the request is done. */
  number?: string | null;
  note: string;
  received: string;
  due: string;
  overdue: boolean;
  closed?: string | null;
  handled_by?: string | null;
  /** Why it was refused. */
  reason?: string | null;
  version: number;
};
export type NewRequest = { kind: Kind; contact_id?: string; number?: string; note?: string; received?: string };
export type Erased = { callers: number; calls: number; cases: number; contacts: number; numbers: number };
export type CarriedOut = { dry_run: boolean; erased?: Erased | null; request: Request };

export type Person = { id: string; prefix: string; given: string; family: string; org: string; version: number; restricted?: boolean };
export type Access = { at: string; who: string; what: 'pop' | 'contact' | 'history' | 'lookup' | 'export' };
export type Consent = { id: string; at: string; purpose: string; said: 'notified' | 'given' | 'refused' | 'withdrawn'; version: number; who: string; call?: string | null };
export type Consents = { items: Consent[]; notice_due: boolean };
