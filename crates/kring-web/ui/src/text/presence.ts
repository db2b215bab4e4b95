// The state of somebody in words, wherever others are told of it.

import type { PresenceState } from '../wire';
import { text } from './text.svelte';
import { reasonName } from './words';

export function presenceName(state: PresenceState, reason: string | null | undefined): string {
  const t = text.t;
  switch (state) {
    case 'ready':
      return t.ready;
    case 'paused':
      return reason ? t.pausedFor(reasonName(reason)) : t.paused;
    case 'offline':
      return t.offline;
    case 'wrap_up':
      return t.wrapUp;
    case 'talking':
      return t.busy;
    case 'offered':
    case 'ringing':
      return t.incoming;
  }
}
