// The language of the console: Thai first, English second; remembered on this computer.
// Thai is always here; English comes when somebody reads it.

import type { Lang } from '../format/date';
import type { Catalogue } from './catalogue';
import { th } from './th';

const key = 'kring.lang';

function remembered(): Lang {
  try {
    return localStorage.getItem(key) === 'en' ? 'en' : 'th';
  } catch {
    return 'th';
  }
}

class Text {
  lang = $state<Lang>('th');
  t = $state.raw<Catalogue>(th);

  /** The language that was chosen last; the page is drawn after it. */
  ready(): Promise<void> {
    return remembered() === 'en' ? this.#speak('en') : Promise.resolve();
  }

  async switch(): Promise<void> {
    const to = this.lang === 'th' ? 'en' : 'th';
    await this.#speak(to);
    try {
      localStorage.setItem(key, to);
    } catch {
      // It is Thai again after a reload.
    }
  }

  async #speak(lang: Lang): Promise<void> {
    try {
      this.t = lang === 'th' ? th : (await import('./en')).en;
      this.lang = lang;
    } catch {
      // The line is down: the texts stay as they are.
    }
  }
}

export const text = new Text();
