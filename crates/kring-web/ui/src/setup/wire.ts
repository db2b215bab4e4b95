// The first run over REST.

export type SetupState = { needed: boolean; code_wanted: boolean; addresses: string[]; https: boolean };
export type House = { name_th: string; name_en: string; version: string; setup_needed: boolean; secure: boolean };
export type FirstAccount = { code?: string; login: string; name: string; password: string };
export type Certificate = { authority_sha256: string; not_after: string; names: string[]; needs_restart?: boolean; tls_cert?: string; tls_key?: string };
export type TestCall = { call?: string | null; number: string };
export type CallNow = { id: string; state: string; outcome?: string | null; agent?: string | null; wait_ms?: number | null; rings?: number | null };
/** What happened in a call, as the journal has it. */
export type CallEvent = { seq?: number; at?: string; kind?: string; fact?: { kind?: string } & Record<string, unknown> } & Record<string, unknown>;
