// The drafts kept on this computer, so that a crash, a reload or a dead line loses no keystroke.
// Rule: an entry with unsent text is only taken away when the server has the text or the record is done.

import type { DraftBody } from '../wire';

export type Shelved = {
  body: DraftBody;
  /** The server's version that `body` grew from, and its text; 0 and nothing when there was none. */
  version: number;
  base: DraftBody;
  /** True while the server lacks some of it. */
  unsent: boolean;
  /** Texts that lost a clash. */
  aside: string[];
  /** Unix time of the last keystroke, ms. */
  at: number;
};

/** Kept at most; a full-time agent takes a hundred calls a day and confirms nearly all. */
const entriesMax = 300;

export class Shelf {
  readonly #prefix: string;
  /** Stands in where the browser refuses to store: then only a reload is not survived. */
  readonly #memory = new Map<string, string>();

  /** `apart`: nothing of this computer is read or written; for a page that only watches. */
  constructor(
    login: string,
    private readonly mode: 'shared' | 'apart' = 'shared',
  ) {
    this.#prefix = `kring.draft.${login}.`;
  }

  get(call: string): Shelved | undefined {
    const text = this.#memory.get(call) ?? (this.mode === 'shared' ? read(this.#prefix + call) : null);
    if (!text) return undefined;
    try {
      return JSON.parse(text) as Shelved;
    } catch {
      return undefined;
    }
  }

  /** Keeps it. False when the browser refused and it is in memory only. */
  put(call: string, entry: Shelved): boolean {
    const text = JSON.stringify(entry);
    if (this.mode === 'apart') return false;
    try {
      localStorage.setItem(this.#prefix + call, text);
      this.#memory.delete(call);
      return true;
    } catch {
      this.#memory.set(call, text);
      return false;
    }
  }

  remove(call: string): void {
    this.#memory.delete(call);
    if (this.mode === 'apart') return;
    try {
      localStorage.removeItem(this.#prefix + call);
    } catch {
      // Refused storage holds nothing either.
    }
  }

  /** Calls with text that the server lacks, newest first. */
  unsent(): string[] {
    return this.#all()
      .filter(({ entry }) => entry.unsent)
      .map(({ call }) => call);
  }

  /** Takes away what the server has too, beyond the newest entries. */
  tidy(): void {
    this.#all()
      .slice(entriesMax)
      .filter(({ entry }) => !entry.unsent)
      .forEach(({ call }) => this.remove(call));
  }

  /** Takes away all that the server has too: the computer may be shared. */
  clear(): void {
    this.#all()
      .filter(({ entry }) => !entry.unsent)
      .forEach(({ call }) => this.remove(call));
  }

  #all(): { call: string; entry: Shelved }[] {
    const calls = new Set(this.#memory.keys());
    if (this.mode === 'apart') return [];
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(this.#prefix)) calls.add(key.slice(this.#prefix.length));
      }
    } catch {
      // Refused: what is in memory is all there is.
    }
    return [...calls]
      .map((call) => ({ call, entry: this.get(call) }))
      .filter((row): row is { call: string; entry: Shelved } => row.entry !== undefined)
      .sort((a, b) => b.entry.at - a.entry.at);
  }
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
