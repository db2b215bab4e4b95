// A trunk as a form edits it, and back to the keys of `[[trunk]]`.
// Rule: a password is never in the form, which is kept on this computer; it is handed in when it is sent.

import type { Keys } from '../queues/wire';

export type Typed = {
  name: string;
  host: string;
  port: string;
  transport: string;
  how: 'address' | 'register';
  peers: string;
  uri: string;
  auth_user: string;
  trust_identity: boolean;
  transfer_method: string;
  max_calls: string;
};

export const fresh: Typed = { name: '', host: '', port: '5060', transport: '', how: 'address', peers: '', uri: '', auth_user: '', trust_identity: true, transfer_method: '', max_calls: '' };

const text = (value: unknown) => (value === undefined || value === null ? '' : String(value));
const list = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);

export function typedOf(name: string, keys: Keys): Typed {
  const [, host = '', port = ''] = /^(\[[^\]]+\]|[^:]*)(?::(\d+))?$/.exec(text(keys.address)) ?? [];
  const register = (keys.register ?? null) as Keys | null;
  return {
    name, host, port,
    transport: text(keys.transport),
    how: register ? 'register' : 'address',
    peers: list(keys.peers).join(', '),
    uri: text(register?.uri),
    auth_user: text(register?.auth_user),
    trust_identity: keys.trust_identity !== false,
    transfer_method: text(keys.transfer_method),
    max_calls: text(keys.max_calls),
  };
}

export const addressOf = ({ host, port }: Pick<Typed, 'host' | 'port'>) => (host.trim() ? `${host.trim()}${port.trim() ? `:${port.trim()}` : ''}` : '');
const words = (typed: string) => typed.split(/[,\s]+/).filter(Boolean);
const number = (typed: string) => (typed.trim() === '' ? undefined : Number.isNaN(Number(typed)) ? typed.trim() : Number(typed));

function keysOf(typed: Typed, stored: Keys, password: string): Keys {
  const before = (stored.register ?? {}) as Keys;
  const { password_set: _, uri: __, auth_user: ___, ...other } = before;
  const register = { ...other, uri: typed.uri.trim(), ...(typed.auth_user.trim() ? { auth_user: typed.auth_user.trim() } : {}), ...(password ? { password } : {}) };
  return {
    address: addressOf(typed) || undefined,
    transport: typed.transport || undefined,
    peers: words(typed.peers).length > 0 ? words(typed.peers) : undefined,
    register: typed.how === 'register' ? register : undefined,
    trust_identity: typed.trust_identity ? undefined : false,
    transfer_method: typed.transfer_method || undefined,
    max_calls: number(typed.max_calls),
  };
}

export const written = (typed: Typed, password: string): Keys => Object.fromEntries(Object.entries(keysOf(typed, {}, password)).filter(([, value]) => value !== undefined));

/** What differs from what is stored; null takes a key away. */
export function changed(typed: Typed, stored: Keys, password: string): Keys {
  const same = (key: string, value: unknown) => {
    if (key !== 'register') return JSON.stringify(value) === JSON.stringify(stored[key]);
    const { password_set: _, ...before } = (stored.register ?? {}) as Keys;
    return !password && JSON.stringify(Object.entries(value as Keys).sort()) === JSON.stringify(Object.entries(before).sort());
  };
  return Object.fromEntries(Object.entries(keysOf(typed, stored, password)).flatMap(([key, value]) => (value === undefined ? (key in stored ? [[key, null]] : []) : same(key, value) ? [] : [[key, value]])));
}
