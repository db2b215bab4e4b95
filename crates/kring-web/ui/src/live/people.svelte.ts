// Who is behind a login: names for lists that only have logins. Whoever may not ask sees the login.

import { readList } from '../api';
import { Loaded } from './loaded.svelte';

type Person = { login: string; name: string };

class People {
  readonly #agents = new Loaded<Person[]>(() => readList<Person>('/agents'));
  #asked = false;

  /** Reads them once. */
  know(): void {
    if (this.#asked) return;
    this.#asked = true;
    void this.#agents.read();
  }

  get all(): Person[] {
    return this.#agents.value ?? [];
  }

  name(login: string | null | undefined): string {
    if (!login) return '';
    return this.all.find((one) => one.login === login)?.name || login;
  }

  /** Logins in a sentence of the server become names. */
  told(sentence: string): string {
    return this.all.reduce((said, { login, name }) => said.replace(new RegExp(`(?<![\\w.-])${login.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`, 'g'), () => name || login), sentence);
  }
}

export const people = new People();
