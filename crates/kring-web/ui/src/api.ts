// Every REST call of the console, by name.
// Rule: same origin only; a refusal is an `ApiRefused` with the server's stable code, a silent
// server is an `ApiSilent`; nothing else is thrown.

import type { SessionEnd } from './live/stream';
import { nested } from './record/parts_of_draft';
import type { CallerCard, ConfirmedCase, Department, DraftBody, Me, NoCaseReason, Problem, RecordBody, StoredDraft, Unfinished } from './wire';
import type { DepartmentHit, ReadinessTold, Standing, TransferRead, TransferWanted, Trunk } from './wire';

/** The server answered, and said no. */
export class ApiRefused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
  get code(): string {
    return this.problem.code;
  }
}

/** No answer: network, proxy or server gone, or an answer that is not ours. */
export class ApiSilent extends Error {}

const answerWithinMs = 10_000;

let lapsed: ((why: SessionEnd) => void) | undefined;

/** Calls back when any request finds the session ended; nothing stops it. */
export function whenLapsed(then: ((why: SessionEnd) => void) | undefined): void {
  lapsed = then;
}

/** `raw`: a body that is no JSON, such as a file; its `content-type` is among the headers. */
export type Ask = { method?: string; body?: unknown; raw?: string; headers?: Record<string, string>; keepalive?: boolean };

/** Any request; the answer is one of ours, and good. */
export async function ask(path: string, { method = 'GET', body, raw, headers = {}, keepalive }: Ask = {}): Promise<Response> {
  const json: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  let answer: Response;
  try {
    answer = await fetch(`/api/v1${path}`, {
      method,
      headers: { accept: 'application/json', ...json, ...headers },
      body: body === undefined ? raw : JSON.stringify(body),
      credentials: 'same-origin',
      cache: 'no-store',
      keepalive,
      signal: AbortSignal.timeout(answerWithinMs),
    });
  } catch (failure) {
    throw new ApiSilent(String(failure));
  }
  if (answer.ok) return answer;
  throw await refusal(answer);
}

async function refusal(answer: Response): Promise<Error> {
  try {
    const problem = (await answer.json()) as Problem;
    if (problem.code === 'sign_in_needed') lapsed?.('lapsed');
    if (problem.code === 'session_replaced') lapsed?.('replaced');
    if (typeof problem.code === 'string') return new ApiRefused({ ...problem, status: answer.status });
  } catch {
    // Not one of our answers: a proxy's page, or a server that is going down.
  }
  return new ApiSilent(`HTTP ${answer.status}`);
}

export async function read<T>(path: string): Promise<T> {
  return (await (await ask(path)).json()) as T;
}

/** A POST that acts carries a key, so that asking twice acts once. */
export async function act(path: string, body: unknown = {}, key = newKey()): Promise<Response> {
  return ask(path, { method: 'POST', body, headers: { 'idempotency-key': key } });
}

/** A change; `version` is that which it was made from, and 412 says that somebody was faster. */
export async function change<T>(path: string, body: unknown, version?: number, method: 'PATCH' | 'PUT' = 'PATCH'): Promise<T> {
  const headers: Record<string, string> = version === undefined ? {} : { 'if-match': `"${version}"` };
  return answered<T>(await ask(path, { method, body, headers }));
}

/** A POST that acts, with what it answers. */
export async function send<T>(path: string, body: unknown = {}): Promise<T> {
  return answered<T>(await act(path, body));
}

export const remove = (path: string) => ask(path, { method: 'DELETE' }).then(() => undefined);

/** An answer without a body is nothing. */
async function answered<T>(answer: Response): Promise<T> {
  const text = await answer.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

/** A path with what is asked; what is empty is left out. */
export function asking(path: string, query: Record<string, string | number | boolean | null | undefined>): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

/** 128 random bits. `crypto.randomUUID` is missing where the page has no TLS. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
}

export async function readList<T>(path: string): Promise<T[]> {
  return (await read<{ items: T[] }>(path)).items;
}

/** `takeOver`: also from a screen of the same person that shows a call now. */
export const signIn = (login: string, password: string, takeOver = false) =>
  ask('/session', { method: 'POST', body: { login, password, ...(takeOver ? { take_over: true } : {}) } }).then(() => undefined);
/** Everybody with this login is signed out by it, here too. */
export const changePassword = (old: string, fresh: string) =>
  ask('/me/password', { method: 'POST', body: { old, new: fresh } }).then(() => undefined);
export type Ways = { password: boolean; oidc: { button_th: string; button_en: string } | null };
/** How one can sign in here; nobody has to be signed in to ask. */
export const waysToSignIn = () => read<Ways>('/session/ways');
/** A page, not an answer: it leads to the identity provider. */
export const oidcPage = '/api/v1/session/oidc';
export const signOut = () => ask('/session', { method: 'DELETE' }).then(() => undefined);
export const me = () => read<Me>('/me');
/** Whether nobody has an account yet; where that cannot be told, somebody has. */
export const setupNeeded = () => read<{ setup_needed?: boolean }>('/house').then(
  (house) => house.setup_needed === true,
  () => false,
);

export const setPresence = (state: 'ready' | 'paused' | 'offline', reason?: string) =>
  act('/me/presence', reason === undefined ? { state } : { state, reason }).then(() => undefined);

export const answer = (call: string) => act(`/calls/${call}/answer`).then(() => undefined);
export const decline = (call: string) => act(`/calls/${call}/decline`).then(() => undefined);
export const extendWrapUp = (call: string, seconds: number) =>
  act(`/calls/${call}/wrap-up/extend`, { by_s: seconds }).then(() => undefined);
export const hold = (call: string) => act(`/calls/${call}/hold`).then(() => undefined);
export const resume = (call: string) => act(`/calls/${call}/resume`).then(() => undefined);
export const record = (call: string, action: 'start' | 'pause' | 'resume') =>
  act(`/calls/${call}/recording`, { action }).then(() => undefined);
export const hangUp = (call: string) => act(`/calls/${call}/hangup`).then(() => undefined);

/** Begins a transfer; how it goes is told on the socket. */
export const transfer = async (call: string, wanted: TransferWanted) =>
  ((await (await act(`/calls/${call}/transfer`, wanted)).json()) as { transfer_id: string }).transfer_id;
/** Rings somebody while the caller hears music. */
export const consult = async (call: string, wanted: TransferWanted) =>
  ((await (await act(`/calls/${call}/consult`, wanted)).json()) as { transfer_id: string }).transfer_id;
/** `cancel` also takes a transfer back that still rings. */
export type ConsultTurn = 'complete' | 'cancel' | 'swap' | 'conference';
export const turnConsult = (call: string, to: ConsultTurn) => act(`/calls/${call}/consult/${to}`).then(() => undefined);
export const readTransfer = (id: string) => read<TransferRead>(`/transfers/${id}`);

/** The stored draft, or nothing when none was stored yet: version 0 only says what the server knows by itself. */
export async function readDraft(call: string): Promise<StoredDraft | null> {
  const draft = await read<StoredDraft>(`/calls/${call}/draft`);
  return draft.version > 0 ? draft : null;
}

/** Stores a draft over the version that it was made from; 0 is none. */
export async function writeDraft(call: string, body: DraftBody, over: number): Promise<StoredDraft> {
  const condition: Record<string, string> = over > 0 ? { 'if-match': `"${over}"` } : { 'if-none-match': '*' };
  const answer = await ask(`/calls/${call}/draft`, { method: 'PUT', body: nested(body), headers: condition, keepalive: true });
  return (await answer.json()) as StoredDraft;
}

export const confirm = async (call: string, body: RecordBody, key: string) =>
  (await (await act(`/calls/${call}/confirm`, body, key)).json()) as ConfirmedCase;
export const noCase = (call: string, reason: NoCaseReason) =>
  act(`/calls/${call}/no-case`, { reason }).then(() => undefined);

/** `due`: a time, or a day. */
export const planFollowUp = (id: string, due: string, what: string) => act(`/cases/${id}/follow-ups`, { due, what }).then(() => undefined);

export const unfinished = () => readList<Unfinished>('/unfinished');
export const departments = () => readList<Department>('/departments');
export const searchDepartments = (typed: string) =>
  readList<DepartmentHit>(`/departments/search?limit=20&q=${encodeURIComponent(typed)}`);
export const departmentStanding = (id: string) => read<Standing>(`/departments/${id}/status`);
export const lookUp = (number: string) => read<CallerCard>(`/contacts/lookup?number=${encodeURIComponent(number)}`);

/** `lights`: what the page has checked by itself. */
export const readiness = async (lights: Record<string, boolean>) =>
  (await (await act('/me/readiness', { lights })).json()) as ReadinessTold;
export const trunks = () => readList<Trunk>('/trunks');

/** How long a small question takes, ms; nothing when there was no answer. */
export async function roundTripMs(): Promise<number | null> {
  const asked = performance.now();
  return (await alive()) ? performance.now() - asked : null;
}

/** A sign of life, without a session. */
export async function alive(): Promise<boolean> {
  try {
    return (await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(3_000) })).ok;
  } catch {
    return false;
  }
}
