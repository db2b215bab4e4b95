// A queue as a form edits it, and back to the keys of `[[queue]]`.
// Rule: keys that this page does not edit stay as they are; a key that means nothing with the rest is not written.

import { readPlan, writePlan, type Step } from './plan';
import type { Keys } from './wire';

export type Member = { login: string; priority: number };
export type Typed = {
  name: string;
  did: string;
  members: Member[];
  plan: Step[];
  deadline_action: string;
  max_wait_s: string;
  max_waiting: string;
  announce_every_s: string;
  announce_position: boolean;
  when_full: string;
  when_waited: string;
  callback: boolean;
  callback_retry_s: string;
  callback_tries: string;
  overflow: string;
  hours: string;
  closed_action: string;
  language: string;
  record: string;
  priority: string;
  skills: string;
};

export const actions = ['answer_greet_queue', 'announce', 'announce_busy', 'redirect', 'overflow', 'offer_callback'] as const;
/** Those after which the caller is still there. */
export const keepsCaller = (action: string) => ['answer_greet_queue', 'overflow', 'offer_callback'].includes(action);

const text = (value: unknown) => (value === undefined || value === null ? '' : String(value));
const list = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
const member = (written: string): Member => {
  const [login = '', priority] = written.split(':');
  return { login, priority: Number(priority) || 1 };
};

export function typedOf(name: string, keys: Keys): Typed {
  return {
    name,
    did: list(keys.did).join(', '),
    members: list(keys.members).map(member),
    plan: readPlan(keys.plan),
    deadline_action: text(keys.deadline_action) || 'answer_greet_queue',
    max_wait_s: text(keys.max_wait_s),
    max_waiting: text(keys.max_waiting),
    announce_every_s: text(keys.announce_every_s),
    announce_position: keys.announce_position !== false,
    when_full: text(keys.when_full),
    when_waited: text(keys.when_waited),
    callback: keys.callback === true || keys.deadline_action === 'offer_callback' || keys.closed_action === 'offer_callback',
    callback_retry_s: text(keys.callback_retry_s),
    callback_tries: text(keys.callback_tries),
    overflow: text(keys.overflow),
    hours: text(keys.hours),
    closed_action: text(keys.closed_action),
    language: text(keys.language),
    record: text(keys.record),
    priority: text(keys.priority),
    skills: list(keys.skills).join(', '),
  };
}

export const fresh: Typed = typedOf('', { plan: ['longest_idle:2', 'all:1'] });

const words = (typed: string) => typed.split(/[,\n]/).map((one) => one.trim()).filter(Boolean);
const number = (typed: string) => (typed.trim() === '' ? undefined : Number.isNaN(Number(typed)) ? typed.trim() : Number(typed));

/** The keys that this page edits; undefined is not written. */
export function keysOf(typed: Typed): Keys {
  const waits = keepsCaller(typed.deadline_action);
  const asks = typed.deadline_action === 'offer_callback' || typed.closed_action === 'offer_callback';
  const calls = asks || (typed.callback && waits);
  return {
    did: words(typed.did).length > 0 ? words(typed.did) : undefined,
    members: typed.members.length > 0 ? typed.members.map(({ login, priority }) => (priority === 1 ? login : `${login}:${priority}`)) : undefined,
    plan: writePlan(typed.plan),
    deadline_action: typed.deadline_action,
    max_wait_s: waits ? number(typed.max_wait_s) : undefined,
    max_waiting: waits ? number(typed.max_waiting) : undefined,
    announce_every_s: waits ? number(typed.announce_every_s) : undefined,
    announce_position: waits && !typed.announce_position ? false : undefined,
    when_full: waits ? typed.when_full || undefined : undefined,
    when_waited: waits ? typed.when_waited || undefined : undefined,
    callback: calls && !asks ? true : undefined,
    callback_retry_s: calls ? number(typed.callback_retry_s) : undefined,
    callback_tries: calls ? number(typed.callback_tries) : undefined,
    overflow: typed.overflow.trim() || undefined,
    hours: typed.hours.trim() || undefined,
    closed_action: typed.closed_action || undefined,
    language: typed.language || undefined,
    record: typed.record || undefined,
    priority: number(typed.priority),
    skills: words(typed.skills).length > 0 ? words(typed.skills) : undefined,
  };
}

/** For a new queue, or a preview: what is written. */
export const written = (typed: Typed, other: Keys = {}): Keys => {
  const own = keysOf(typed);
  const kept = Object.fromEntries(Object.entries(other).filter(([key]) => !(key in own)));
  return { ...kept, ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) };
};

/** For a change: what differs from what is stored; null takes a key away. */
export function changed(typed: Typed, stored: Keys): Keys {
  const own = Object.entries(keysOf(typed));
  return Object.fromEntries(own.flatMap(([key, value]) => (value === undefined ? (key in stored ? [[key, null]] : []) : JSON.stringify(value) === JSON.stringify(stored[key]) ? [] : [[key, value]])));
}
