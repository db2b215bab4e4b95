// The language of the console: Thai first, English second; remembered on this computer.

import type { Lang } from '../format/date';
import type { Catalogue } from './catalogue';
import { en } from './en';
import { th } from './th';

const catalogues: Record<Lang, Catalogue> = { th, en };
const key = 'kring.lang';

function remembered(): Lang {
  try {
    return localStorage.getItem(key) === 'en' ? 'en' : 'th';
  } catch {
    return 'th';
  }
}

class Text {
  lang = $state<Lang>(remembered());

  get t(): Catalogue {
    return catalogues[this.lang];
  }

  switch(): void {
    this.lang = this.lang === 'th' ? 'en' : 'th';
    try {
      localStorage.setItem(key, this.lang);
    } catch {
      // It is Thai again after a reload.
    }
  }
}

export const text = new Text();
