// A form over something that others may change meanwhile: 412 becomes a choice, field by field.
// Rule: nothing typed goes and nothing stored is overwritten unseen.

import { ApiRefused } from '../api';
import { Form } from './form.svelte';

export type Stored<T> = { base: T; version: number };

export class Versioned<T extends Record<string, unknown>> {
  readonly form: Form<T>;
  version: number;
  /** Fields that both have changed, with what is stored; the person chooses before it is sent again. */
  clash = $state.raw<{ field: keyof T & string; theirs: unknown }[]>([]);
  /** Somebody was faster: what is on the screen is up to date now, and not sent. */
  overtaken = $state(false);

  constructor(
    key: string,
    { base, version }: Stored<T>,
    private readonly reread: () => Promise<Stored<T>>,
  ) {
    this.form = new Form(key, base);
    this.version = version;
  }

  /** Sends what differs; true when it is stored. `send` gives what is stored from then on. */
  async save(send: (changes: Partial<T>, version: number) => Promise<Stored<T>>): Promise<boolean> {
    if (this.clash.length > 0) return false;
    this.overtaken = false;
    let stale = false;
    const answer = await this.form.save(
      async () => {
        try {
          return await send(this.form.changes, this.version);
        } catch (failure) {
          stale = failure instanceof ApiRefused && failure.problem.status === 412;
          throw failure;
        }
      },
      ({ base }) => base,
    );
    if (answer) this.version = answer.version;
    else if (stale) await this.#catchUp();
    return answer !== null;
  }

  /** Whose value of a field holds. */
  choose(field: keyof T & string, whose: 'mine' | 'theirs'): void {
    const chosen = this.clash.find((one) => one.field === field);
    if (!chosen) return;
    if (whose === 'theirs') this.form.edit({ [field]: chosen.theirs } as Partial<T>);
    this.clash = this.clash.filter((one) => one !== chosen);
  }

  async #catchUp(): Promise<void> {
    try {
      const { base, version } = await this.reread();
      this.version = version;
      this.clash = this.form.rebase(base).map((field) => ({ field, theirs: base[field] }));
      this.overtaken = true;
    } catch {
      // The refusal is on the screen; saving again reads again.
    }
  }
}
