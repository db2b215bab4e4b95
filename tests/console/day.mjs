// A day of several people with one demo daemon: their pages, what is checked, and the bound on all of it.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startDemo } from './daemon.mjs';
import { Desk, openBrowser } from './desk.mjs';

/** The page follows the daemon over loopback; a busy machine gets time. */
export const soonMs = 10_000;

export class Day {
  passed = 0;
  failed = 0;
  #people = new Map();

  constructor(demo, browser, shots) {
    this.demo = demo;
    this.browser = browser;
    this.shots = shots;
  }

  check(what, met, found = '') {
    met ? (this.passed += 1) : (this.failed += 1);
    console.log(met ? 'ok  ' : 'FAIL', what, met || found === '' ? '' : `(found: ${found})`);
    return met;
  }

  /** What the rest cannot do without. */
  must(what, met, found) {
    if (!this.check(what, met, found)) throw new Error(`cannot go on: ${what}`);
  }

  /** This person's page, signed in; opened once. */
  async as(login) {
    const known = this.#people.get(login);
    if (known) return known;
    const desk = await Desk.open(this.browser, this.demo.url);
    await desk.page.locator('#login').fill(login, { timeout: soonMs });
    await desk.page.locator('#password').fill(this.demo.password);
    await desk.page.keyboard.press('Enter');
    this.must(`${login} is signed in`, await desk.shows('place', soonMs), await desk.page.getByRole('alert').allTextContents());
    this.#people.set(login, desk);
    return desk;
  }

  /** Goes to an address of the console, as a link there does. */
  async go(desk, path) {
    await desk.page.goto(new URL(path, this.demo.url).href);
    await desk.shows('place', soonMs);
  }

  async shoot(desk, name) {
    if (this.shots) await desk.page.screenshot({ path: join(this.shots, `${name}.png`) });
  }

  get pageErrors() {
    return [...this.#people.values()].flatMap((desk) => desk.pageErrors);
  }

  async shootAll() {
    for (const [login, desk] of this.#people) await this.shoot(desk, `failed-${login}`);
  }
}

/** Walks one day, and ends the process: 0 all passed, 1 some failed, 2 it could not begin. */
export async function live(walk, boundMs) {
  const { values: options } = parseArgs({ options: { shots: { type: 'string' } } });
  if (options.shots) mkdirSync(options.shots, { recursive: true });
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  const binary = process.env.KRINGD ?? fileURLToPath(new URL('../../target/release/kringd', import.meta.url));
  let day;
  try {
    const demo = await startDemo(binary, boundMs / 1_000 + 10);
    process.once('exit', demo.kill);
    const browser = await openBrowser();
    day = new Day(demo, browser, options.shots);
    let late;
    const bound = new Promise((_, reject) => {
      late = setTimeout(() => reject(new Error(`not done in ${boundMs / 1_000} s`)), boundMs);
    });
    try {
      await Promise.race([walk(day), bound]);
      day.check('no page had an error of its own', day.pageErrors.length === 0, day.pageErrors.join('; '));
    } catch (failure) {
      if (!failure.message.startsWith('cannot go on')) day.check(failure.message.split('\n')[0], false);
      await day.shootAll();
      if (demo.complaints()) console.log(demo.complaints());
    }
    clearTimeout(late);
    await browser.close();
    await demo.end();
  } catch (failure) {
    console.error(failure.message);
    process.exit(2);
  }
  console.log(`${day.passed} passed, ${day.failed} failed`);
  process.exit(day.failed > 0 || day.passed === 0 ? 1 : 0);
}
