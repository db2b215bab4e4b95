// The floor, by name.

import { read } from '../api';
import type { Wallboard } from './wire';

export const wallboard = () => read<Wallboard>('/wallboard');
