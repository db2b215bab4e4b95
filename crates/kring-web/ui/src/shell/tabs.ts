// The tabs of one browser: one works, the others watch. They speak over a channel of their own; the server
// knows them as one person with one seat.
// Rule: whoever asked last works; who works gives its text away first. A tab that went is missed within seconds.

type Word =
  | { t: 'who' | 'take' | 'yielded' | 'gone'; from: string }
  | { t: 'works'; from: string; since: number }
  | { t: 'signed-in'; from: string; login: string };

export type TabsHooks = {
  /** Another tab wants to work: what is unsent goes out, and then this one watches. */
  yield(): Promise<void>;
  /** Nobody works any more. */
  alone(): void;
  /** Somebody has signed in by another tab: the browser is theirs now. */
  signedIn(login: string): void;
};

const name = 'kring.tabs';
const answersWithinMs = 120;
const yieldsWithinMs = 1_500;
/** A tab that loads anew is back by then. */
const missedAfterMs = 3_000;
const asksEveryMs = 4_000;

export class Tabs {
  readonly #channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(name);
  #worksSince: number | null = null;
  #heard: ((word: Word) => void) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hooks: TabsHooks | null = null;

  constructor(private readonly id: string) {
    this.#channel?.addEventListener('message', (event: MessageEvent<Word>) => this.#hear(event.data));
    globalThis.addEventListener?.('pagehide', () => this.#worksSince !== null && this.#say({ t: 'gone', from: this.id }));
  }

  /** From now on this is called. */
  listen(hooks: TabsHooks): void {
    this.#hooks = hooks;
  }

  /** Whether another tab works. */
  async othersWork(): Promise<boolean> {
    return (await this.#answer('who', 'works', answersWithinMs)) !== null;
  }

  work(): void {
    clearTimeout(this.#timer);
    this.#worksSince = Date.now();
  }

  /** Asks again and again whether somebody still works. */
  watch(): void {
    this.#worksSince = null;
    this.#missAfter(asksEveryMs);
  }

  /** Nobody is signed in here. */
  rest(): void {
    clearTimeout(this.#timer);
    if (this.#worksSince !== null) this.#say({ t: 'gone', from: this.id });
    this.#worksSince = null;
  }

  /** Takes the work over from the other tab, which says when its text is stored; one that is silent is not waited for. */
  async take(): Promise<void> {
    await this.#answer('take', 'yielded', yieldsWithinMs);
    this.work();
  }

  tellSignedIn(login: string): void {
    this.#say({ t: 'signed-in', from: this.id, login });
  }

  #missAfter(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      if (this.#worksSince !== null) return;
      if ((await this.othersWork()) || (await this.othersWork())) this.#missAfter(asksEveryMs);
      else if (this.#worksSince === null) this.#hooks?.alone();
    }, ms);
  }

  async #hear(word: Word): Promise<void> {
    if (word.from === this.id) return;
    this.#heard?.(word);
    const works = this.#worksSince;
    if (word.t === 'signed-in') this.#hooks?.signedIn(word.login);
    if (word.t === 'gone' && works === null && this.#hooks) this.#missAfter(missedAfterMs);
    if (works === null) return;
    if (word.t === 'who') this.#say({ t: 'works', from: this.id, since: works });
    // Two that think so: the later one was asked for.
    const later = word.t === 'works' && word.since > works;
    if (word.t !== 'take' && !later) return;
    this.#worksSince = null;
    await this.#hooks?.yield();
    this.#say({ t: 'yielded', from: this.id });
  }

  #answer(asked: 'who' | 'take', wanted: Word['t'], withinMs: number): Promise<Word | null> {
    return new Promise((resolve) => {
      if (!this.#channel) return resolve(null);
      const late = setTimeout(() => done(null), withinMs);
      const done = (word: Word | null) => {
        clearTimeout(late);
        this.#heard = null;
        resolve(word);
      };
      this.#heard = (word) => word.t === wanted && done(word);
      this.#say({ t: asked, from: this.id });
    });
  }

  #say(word: Word): void {
    this.#channel?.postMessage(word);
  }
}
