// The tab itself: its title and icon tell of a ringing call, and are put back after it.

import { text } from '../text/text.svelte';

export function showInTab(ring: { n: number; of: number } | null): void {
  document.title = ring ? text.t.titleRinging(ring.n, ring.of) : 'kring';
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const file = ring ? '/icon-ringing.svg' : '/icon.svg';
  if (icon && !icon.href.endsWith(file)) icon.href = file;
}
