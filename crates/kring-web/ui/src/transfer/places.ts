// Where a caller may go: units, desks of units, and a number that was typed.

import { departmentName, folded } from '../directory/search';
import type { Lang } from '../format/date';
import type { Department, DepartmentHit, Standing, TransferTarget } from '../wire';

export type Place = {
  key: string;
  target: TransferTarget;
  /** Null: a number that was typed. */
  unit: { name_th: string; name_en?: string | null; short: string } | null;
  label: string | null;
  /** What is dialled first; null when a unit has none yet. */
  extension: string | null;
  standing: Standing | null;
  byTopic: boolean;
};

export function placeOfHit(hit: DepartmentHit, all: Department[]): Place {
  const { department_id, short, name_th, name_en, endpoint, open, reason, next_open } = hit;
  const unit = all.find((d) => d.id === department_id);
  return {
    key: endpoint ? `${department_id}/${endpoint.extension}` : department_id,
    target: endpoint ? { extension: endpoint.extension } : { department_id },
    unit: { name_th, name_en, short },
    label: endpoint?.label || null,
    // A unit of which this page knows no list may have desks: the server knows.
    extension: endpoint?.extension ?? (unit ? (unit.endpoints?.[0]?.extension ?? null) : ''),
    standing: { open, reason, next_open },
    byTopic: hit.found_by === 'topic',
  };
}

export function placeOfUnit(unit: Department, standing: Standing | null): Place {
  return {
    key: unit.id,
    target: { department_id: unit.id },
    unit: { name_th: unit.name_th, name_en: unit.name_en, short: unit.short ?? '' },
    label: null,
    extension: unit.endpoints?.[0]?.extension ?? null,
    standing,
    byTopic: false,
  };
}

/** The number in what was typed, when it is one: Thai digits too, groups allowed. */
export function typedNumber(query: string): string | null {
  const digits = folded(query).replace(/[\s().-]/g, '');
  return /^\+?\d{2,15}$|^[\d*#]{2,15}$/.test(digits) ? digits : null;
}

export function placeTyped(number: string): Place {
  return { key: `typed/${number}`, target: { extension: number }, unit: null, label: null, extension: number, standing: null, byTopic: false };
}

export function placeName(place: Place, lang: Lang): string | null {
  return place.unit && departmentName({ id: '', ...place.unit }, lang);
}

/** Short enough for a button. */
export function placeShort(place: Place): string {
  return [place.unit?.short, place.extension].filter(Boolean).join(' ');
}
