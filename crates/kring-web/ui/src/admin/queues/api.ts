// The REST calls of queues.

import { ask, change, readList, send } from '../../api';
import type { Agent, Keys, Preview, Queue } from './wire';

const at = (name: string) => `/queues/${encodeURIComponent(name)}`;

export const queues = () => readList<Queue>('/queues');
export const agents = () => readList<Agent>('/agents');
export const addQueue = (keys: Keys) => send<Queue>('/queues', keys);
export const changeQueue = (name: string, keys: Keys, version: number) => change<Queue>(at(name), keys, version);
export const removeQueue = (name: string, version: number) => ask(at(name), { method: 'DELETE', headers: { 'if-match': `"${version}"` } }).then(() => undefined);
export const preview = (keys: Keys, free: number | null) => send<Preview>('/queues/preview', { ...keys, ...(free === null ? {} : { free }) });
