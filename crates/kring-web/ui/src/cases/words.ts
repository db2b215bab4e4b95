// Texts of the cases.

import { pageText } from '../text/page_text.svelte';
import { en } from './words_en';
import { th } from './words_th';

export const words = pageText(th, en);
