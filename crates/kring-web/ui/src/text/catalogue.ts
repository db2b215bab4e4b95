// The shape of a catalogue: the keys of the Thai one, each a text or a function that makes one.

import type { th } from './th';

type Text<V> = V extends (...args: infer A) => string ? (...args: A) => string : string;

export type Catalogue = { readonly [K in keyof typeof th]: Text<(typeof th)[K]> };
