// The places of the console, and who has which. A place is loaded when somebody goes there first:
// the agent's page carries no report and no administration.

import type { Component } from 'svelte';
import type { Key } from '../text/words';
import type { Me } from '../wire';
import type { Console } from './console.svelte';

export type Role = 'agent' | 'tip_officer' | 'unit_officer' | 'supervisor' | 'kb_editor' | 'admin' | 'dpo' | 'auditor' | 'integrator';

/** What every place is given: the console, and what follows the place's own path: `/cases/RY-1` gives `['RY-1']`. */
export type PlaceProps = { console: Console; rest: string[] };

export type PlaceKey = 'desk' | 'wallboard' | 'calls' | 'cases' | 'knowledge' | 'units' | 'reports' | 'team' | 'admin' | 'privacy';

export type Place = {
  key: PlaceKey;
  path: string;
  label: Key;
  roles: Role[];
  /** Absent for the desk, which is always loaded, and for a place that is not built. */
  load?: () => Promise<{ default: Component<PlaceProps> }>;
};

/** In the order of the rail. */
export const places: Place[] = [
  { key: 'desk', path: '/', label: 'placeDesk', roles: ['agent', 'tip_officer', 'supervisor'] },
  { key: 'wallboard', path: '/wallboard', label: 'placeWallboard', roles: ['supervisor', 'admin', 'auditor'], load: () => import('../wall/Place.svelte') },
  { key: 'calls', path: '/calls', label: 'placeCalls', roles: ['agent', 'tip_officer', 'supervisor', 'admin', 'dpo', 'auditor'], load: () => import('../calls/Place.svelte') },
  { key: 'cases', path: '/cases', label: 'placeCases', roles: ['agent', 'tip_officer', 'unit_officer', 'supervisor', 'admin', 'dpo', 'auditor'], load: () => import('../cases/Place.svelte') },
  { key: 'knowledge', path: '/knowledge', label: 'placeKnowledge', roles: ['agent', 'tip_officer', 'unit_officer', 'supervisor', 'kb_editor', 'admin', 'auditor'], load: () => import('../knowledge/Place.svelte') },
  { key: 'units', path: '/units', label: 'placeUnits', roles: ['agent', 'tip_officer', 'unit_officer', 'supervisor', 'kb_editor', 'admin', 'dpo', 'auditor'], load: () => import('../units/Place.svelte') },
  { key: 'reports', path: '/reports', label: 'placeReports', roles: ['supervisor', 'admin', 'auditor'], load: () => import('../reports/Place.svelte') },
  { key: 'team', path: '/team', label: 'placeTeam', roles: ['supervisor', 'admin'], load: () => import('../team/Place.svelte') },
  { key: 'admin', path: '/admin', label: 'placeAdmin', roles: ['admin'], load: () => import('../admin/Place.svelte') },
  { key: 'privacy', path: '/privacy', label: 'placePrivacy', roles: ['dpo', 'admin'], load: () => import('../privacy/Place.svelte') },
];

/** Whoever takes calls has the call bar, everywhere. A supervisor does who has a telephone. */
export const takesCalls = ({ roles, device }: Me) =>
  roles.includes('agent') || roles.includes('tip_officer') || (roles.includes('supervisor') && device != null);

const built = (place: Place) => place.key === 'desk' || place.load !== undefined;
const has = (place: Place, me: Me) => (place.key === 'desk' ? takesCalls(me) : place.roles.some((role) => me.roles.includes(role)));

/** What stands in this person's rail. */
export const placesOf = (me: Me) => places.filter((place) => built(place) && has(place, me));

/** The place of a path, and what follows it; nothing for a path that is not this person's. */
export function placeAt(path: string, mine: Place[]): { place: Place; rest: string[] } | null {
  const [, first = '', ...rest] = path.split('/').map(decoded);
  const place = mine.find((one) => one.path === `/${first}`);
  return place ? { place, rest: rest.filter(Boolean) } : null;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
