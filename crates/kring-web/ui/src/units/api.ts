// The REST calls of the units' directory.

import { read, readList } from '../api';
import type { Failing, Hours, NamedDay, Success, Unit, UnitStanding } from './wire';

export const units = () => readList<Unit>('/departments');
export const unit = (id: string) => read<Unit>(`/departments/${encodeURIComponent(id)}`);
export const standing = (id: string) => read<UnitStanding>(`/departments/${id}/status`);
export const hours = (id: string) => read<Hours>(`/departments/${id}/hours`);
export const holidays = () => readList<NamedDay>('/holidays');
export const failingToday = async () => (await read<{ transfers?: { failing?: Failing[] } }>('/wallboard')).transfers?.failing ?? [];
export const successThisMonth = async (short: string) => (await read<{ rows: Success[] }>('/reports/transfers?by=department')).rows.find((row) => row.department === short) ?? null;
