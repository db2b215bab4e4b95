// The REST calls of the first run; what follows the first account are an administrator's ordinary ones.

import { read, readList, send } from '../api';
import type { CallEvent, CallNow, Certificate, FirstAccount, House, SetupState, TestCall } from './wire';

export const setup = () => read<SetupState>('/setup');
export const house = () => read<House>('/house');
/** Signs in, too. */
export const setUp = (account: FirstAccount) => send<unknown>('/setup', account);
export const makeCertificate = (names: string[]) => send<Certificate>('/setup/certificate', { names });
export const authorityFile = '/api/v1/setup/authority.crt';
export const testCall = (agent: string | null) => send<TestCall>('/setup/test-call', { agent });
export const call = (id: string) => read<CallNow>(`/calls/${encodeURIComponent(id)}`);
export const callEvents = (id: string) => readList<CallEvent>(`/calls/${encodeURIComponent(id)}/events`);
export type AgentNow = { login: string; name: string; role: string; state: string; screen: boolean; device?: string | null };
export const agents = () => readList<AgentNow>('/agents');
