// The REST calls of the settings.

import { change, read } from '../../api';
import type { Settings, Value } from './wire';

export const settings = () => read<Settings>('/settings');
/** Null takes a setting back to its default. */
export const changeSettings = (values: Record<string, Value>, version: number) => change<Settings>('/settings', values, version);
