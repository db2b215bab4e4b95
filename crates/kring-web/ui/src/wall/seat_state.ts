// How a seat looks: edge, dot and word of its state. Also for the list of agents.

import type { PresenceState } from '../wire';

export type SeatLook = 'ready' | 'ringing' | 'last' | 'talking' | 'wrapup' | 'paused' | 'offline';

export function seatLook(state: PresenceState, lastRing: boolean): SeatLook {
  if (state === 'offered' || state === 'ringing') return lastRing ? 'last' : 'ringing';
  return state === 'wrap_up' ? 'wrapup' : state;
}

export const edges: Record<SeatLook, string> = {
  ready: 'border-l-go', ringing: 'border-l-ring', last: 'border-l-late', talking: 'border-l-brand', wrapup: 'border-l-amber', paused: 'border-l-idle', offline: 'border-l-line',
};
export const dots: Record<SeatLook, string> = {
  ready: 'bg-go', ringing: 'bg-ring', last: 'bg-late', talking: 'bg-brand', wrapup: 'bg-amber', paused: 'bg-idle', offline: 'border border-idle',
};
