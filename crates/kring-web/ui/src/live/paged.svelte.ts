// A list that the server gives page by page, by cursor.

import { Loaded } from './loaded.svelte';

export type PageOf<T> = { items: T[]; next: string | null };

export class Paged<T> {
  readonly page: Loaded<PageOf<T>>;
  /** The cursors of the pages before this one; the first has none. */
  #before = $state.raw<(string | null)[]>([]);
  #cursor: string | null = null;

  /** `ask` reads the page behind a cursor, with whatever filter holds when it is called. */
  constructor(ask: (cursor: string | null) => Promise<PageOf<T>>) {
    this.page = new Loaded(() => ask(this.#cursor));
  }

  get items(): T[] {
    return this.page.value?.items ?? [];
  }

  /** Which page this is, from 1. */
  get number(): number {
    return this.#before.length + 1;
  }

  /** From the first page on: the filter is another. */
  restart(): Promise<void> {
    this.#before = [];
    this.#cursor = null;
    return this.page.read();
  }

  get back(): (() => void) | null {
    if (this.#before.length === 0) return null;
    return () => {
      this.#cursor = this.#before.at(-1) ?? null;
      this.#before = this.#before.slice(0, -1);
      void this.page.read();
    };
  }

  get next(): (() => void) | null {
    const next = this.page.value?.next;
    if (!next) return null;
    return () => {
      this.#before = [...this.#before, this.#cursor];
      this.#cursor = next;
      void this.page.read();
    };
  }
}
