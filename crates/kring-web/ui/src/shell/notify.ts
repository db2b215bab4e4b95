// The desktop notice of a call, for an agent who is in another window.
// Rule: a click brings the tab to the front and answers nothing.

import { text } from '../text/text.svelte';

let notice: Notification | undefined;

/** Whether it makes sense to ask: the browser can, and was not asked before. */
export function canAsk(): boolean {
  return 'Notification' in window && isSecureContext && Notification.permission === 'default';
}

export async function ask(): Promise<void> {
  await Notification.requestPermission();
}

/** Tells of a call while the tab is hidden. */
export function notifyOfCall(who: string): void {
  if (!document.hidden || !('Notification' in window) || Notification.permission !== 'granted') return;
  notice = new Notification(text.t.incoming, { body: who, tag: 'kring-call', icon: '/icon-ringing.svg' });
  notice.onclick = () => {
    window.focus();
    notice?.close();
  };
}

export function withdrawNotice(): void {
  notice?.close();
  notice = undefined;
}
