// What an account is in words, and how its fields stand in a form.

import type { User, UserFields } from '../wire';
import { words } from './words';

export function accountSaid(user: User): string {
  const t = words.t;
  if (user.disabled) return t.statusOff;
  if (user.oidc) return t.statusOidc;
  if (user.must_change) return t.statusMustChange;
  return user.has_password ? t.statusOn : t.statusNoPassword;
}

/** As a form edits it: the skills are one line of text. */
export type Typed = { name: string; role: string; devices: string[]; auto_answer: boolean; record: boolean; queues: string[]; skills: string; department_id: string };

export const nobody: Typed = { name: '', role: 'agent', devices: [], auto_answer: false, record: false, queues: [], skills: '', department_id: '' };

export const typedOf = (user: User): Typed => ({
  name: user.name, role: user.role, devices: user.devices, auto_answer: user.auto_answer, record: user.record ?? false, queues: user.queues, skills: user.skills.join(', '), department_id: user.department_id ?? '',
});

export function fieldsOf(typed: Partial<Typed>): Partial<UserFields> {
  const { skills, devices, ...same } = typed;
  return {
    ...same,
    ...(devices === undefined ? {} : { devices: devices.map((device) => device.trim()).filter((device) => !/^\w*:?$/.test(device) || device === 'browser') }),
    ...(skills === undefined ? {} : { skills: skills.split(/[,،]/).map((one) => one.trim()).filter(Boolean) }),
  };
}

/** What is wrong with a field, in words that say how it must be. */
export function wrongSaid(field: string): string | null {
  const t = words.t;
  const said: Record<string, string> = { login: t.badLogin, name: t.badName, devices: t.badDevices, skills: t.badSkills, queues: t.badQueues, department_id: t.badUnit, role: t.badRole };
  return said[field] ?? null;
}
