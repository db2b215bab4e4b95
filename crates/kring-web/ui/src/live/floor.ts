// What happens to calls of others: said to those who watch over the floor, and to nobody else.

import type { Frame } from '../wire';

export type News = { seq: number; at: string; frame: Frame };

const newsMax = 6;

/** The newest first. */
export function foldNews(news: News[], frame: Frame): News[] {
  switch (frame.t) {
    case 'call.rescued':
    case 'call.overflowed':
    case 'call.connected':
    case 'callback.asked':
    case 'callback.ended':
    case 'transfer.progress':
      // Said again after a reconnection.
      if (news.some((known) => known.seq === frame.seq)) return news;
      return [{ seq: frame.seq, at: frame.ts, frame }, ...news].slice(0, newsMax);
    default:
      return news;
  }
}
