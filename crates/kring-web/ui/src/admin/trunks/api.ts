// The REST calls of trunks.

import { ask, change, readList, send } from '../../api';
import type { Keys } from '../queues/wire';
import type { Tested, Trunk } from './wire';

const at = (name: string) => `/trunks/${encodeURIComponent(name)}`;

export const trunks = () => readList<Trunk>('/trunks');
export const addTrunk = (keys: Keys) => send<Trunk>('/trunks', keys);
export const changeTrunk = (name: string, keys: Keys, version: number) => change<Trunk>(at(name), keys, version);
export const removeTrunk = (name: string, version: number) => ask(at(name), { method: 'DELETE', headers: { 'if-match': `"${version}"` } }).then(() => undefined);
export const testTrunk = (address: string, transport: string, count: number) => send<Tested>('/trunks/test', { address, transport, count });
