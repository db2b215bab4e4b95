// Something read from the server and kept on the screen: never blank after it was there once.

import { refusalSaid } from '../text/words';

export type LoadState = 'loading' | 'there' | 'failed';

export class Loaded<T> {
  /** The newest answer; what failed since does not take it away. */
  value = $state.raw<T | null>(null);
  state = $state<LoadState>('loading');
  /** Why the last reading failed, in words; null when it did not. */
  failure = $state<string | null>(null);
  /** The refusal itself, for whoever goes by its code. */
  refused = $state.raw<unknown>(null);
  #asked = 0;

  constructor(private readonly ask: () => Promise<T>) {}

  /** Reads; an answer that comes after a newer question is dropped. */
  async read(): Promise<void> {
    const turn = (this.#asked += 1);
    if (this.value === null) this.state = 'loading';
    try {
      const value = await this.ask();
      if (turn !== this.#asked) return;
      this.value = value;
      this.state = 'there';
      this.failure = null;
      this.refused = null;
    } catch (failure) {
      if (turn !== this.#asked) return;
      this.failure = refusalSaid(failure);
      this.refused = failure;
      if (this.value === null) this.state = 'failed';
    }
  }

  /** What an answer to something else has told. */
  put(value: T): void {
    this.#asked += 1;
    this.value = value;
    this.state = 'there';
    this.failure = null;
  }

  /** Empties it: the question is about something else now. */
  forget(): void {
    this.#asked += 1;
    this.value = null;
    this.state = 'loading';
    this.failure = null;
  }

  /** Reads now and again every so often while the page is looked at; returns what ends it (for `$effect` or `onMount`). */
  every(ms: number): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const turn = async () => {
      clearTimeout(timer);
      if (document.visibilityState === 'visible') await this.read();
      if (!over) timer = setTimeout(turn, ms);
    };
    const seen = () => document.visibilityState === 'visible' && void turn();
    document.addEventListener('visibilitychange', seen);
    void turn();
    return () => {
      over = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }
}
