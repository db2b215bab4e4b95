// A supervisor hears a call, by name.

import { read, remove, send } from '../api';
import type { CallMonitor, MonitorMode } from '../wire';

const path = (call: string) => `/calls/${encodeURIComponent(call)}/monitor`;
export const monitor = (call: string, mode: MonitorMode) => send<{ monitor_id: string; state: 'ringing' | 'on' }>(path(call), { mode });
export const stop = (call: string) => remove(path(call));
export const monitorOf = (call: string) => read<{ monitor: CallMonitor | null }>(path(call)).then((found) => found.monitor);
