// The tab itself: its title and icon tell of a ringing call, and are put back after it.

import { text } from '../text/text.svelte';

export function showInTab(ring: { n: number; of: number } | null): void {
  document.title = ring ? text.t.titleRinging(ring.n, ring.of) : 'kring';
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  // The badge is the number of the ring; budgets of more rings end on the last picture.
  const file = ring ? `/icon-ring-${ring.n >= ring.of ? 3 : Math.min(ring.n, 2)}.svg` : '/icon.svg';
  if (icon && !icon.href.endsWith(file)) icon.href = file;
}
