// The parts of administration, in the order of their list. Each has an address and is loaded when somebody goes there.

import type { Component } from 'svelte';
import type { Me } from '../wire';
import type { words } from './words';

export type Key = keyof (typeof words)['t'];
/** `rest`: what follows the part's own path. */
export type PartProps = { me: Me; rest: string[] };
export type Part = { key: string; label: Key; load: () => Promise<{ default: Component<PartProps> }> };

export const groups: { label: Key; parts: Part[] }[] = [
  {
    label: 'groupPeople',
    parts: [
      { key: 'users', label: 'users', load: () => import('./users/Users.svelte') },
      { key: 'phones', label: 'phones', load: () => import('./phones/Phones.svelte') },
    ],
  },
  {
    label: 'groupCalls',
    parts: [
      { key: 'queues', label: 'queues', load: () => import('./queues/Queues.svelte') },
      { key: 'trunks', label: 'trunks', load: () => import('./trunks/Trunks.svelte') },
    ],
  },
  {
    label: 'groupUnits',
    parts: [
      { key: 'departments', label: 'departments', load: () => import('./units/Units.svelte') },
      { key: 'holidays', label: 'holidays', load: () => import('./holidays/Holidays.svelte') },
    ],
  },
  {
    label: 'groupRules',
    parts: [
      { key: 'retention', label: 'retention', load: () => import('./kept/Retention.svelte') },
      { key: 'texts', label: 'texts', load: () => import('./kept/Texts.svelte') },
    ],
  },
  {
    label: 'groupSystem',
    parts: [
      { key: 'settings', label: 'settings', load: () => import('./settings/Settings.svelte') },
      { key: 'tokens', label: 'tokens', load: () => import('./tokens/Tokens.svelte') },
      { key: 'audit', label: 'audit', load: () => import('./audit/Audit.svelte') },
      { key: 'reload', label: 'reload', load: () => import('./reload/Reload.svelte') },
    ],
  },
];

export const parts = groups.flatMap((group) => group.parts);
