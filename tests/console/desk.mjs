// One agent's screen in a real browser, seen as the agent sees it: by roles, ids and `data-testid`.
// Rule: waits for what the page shows, never for time to pass.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The driver that the console's own walk uses, or one that is installed beside this file. */
function driver() {
  const beside = new URL('../../crates/kring-web/ui/package.json', import.meta.url);
  const from = [beside, import.meta.url].filter((place) => existsSync(new URL(place)));
  for (const place of from) {
    try {
      return createRequire(place)('playwright-core');
    } catch (missing) {
      if (missing.code !== 'MODULE_NOT_FOUND') throw missing;
    }
  }
  throw new Error('playwright-core is missing: npm ci in crates/kring-web/ui');
}

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** `more`: flags of this walk alone. */
export async function openBrowser(more = []) {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) throw new Error(`${executablePath} is missing (Debian: chromium)`);
  return driver().chromium.launch({ executablePath, args: [...flags, ...more] });
}

export class Desk {
  /** What went wrong in the page itself. */
  pageErrors = [];

  constructor(page) {
    this.page = page;
    page.on('pageerror', (error) => this.pageErrors.push(error.message));
    // Refused requests are said here too, and are no fault: before the sign-in `/me` is refused.
    page.on('console', (line) => /Content Security Policy/.test(line.text()) && this.pageErrors.push(line.text()));
  }

  static async open(browser, url) {
    const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'th-TH', timezoneId: 'Asia/Bangkok' });
    const desk = new Desk(await context.newPage());
    await desk.page.goto(url);
    return desk;
  }

  at(name) {
    return this.page.getByTestId(name);
  }

  async shows(name, withinMs) {
    return this.met(this.at(name).waitFor({ state: 'visible', timeout: withinMs }));
  }

  /** Whether the call bar comes to one of these phases; the phase, or null. */
  async comesTo(phases, withinMs) {
    const wanted = phases.map((phase) => `[data-testid="call-bar"][data-phase="${phase}"]`).join(', ');
    const bar = this.page.locator(wanted);
    if (!(await this.met(bar.waitFor({ timeout: withinMs })))) return null;
    return this.at('call-bar').getAttribute('data-phase');
  }

  call() {
    return this.at('call-bar').getAttribute('data-call');
  }

  /** Text of what is on the screen now; empty when it is not there. */
  async text(name) {
    const shown = await this.at(name).allTextContents();
    return shown.join(' ').trim();
  }

  async met(waiting) {
    return waiting.then(
      () => true,
      (failure) => {
        if (failure.name === 'TimeoutError') return false;
        throw failure;
      },
    );
  }

  /** Whether a question about the page or the server becomes true. */
  async becomes(question, withinMs) {
    for (const until = performance.now() + withinMs; performance.now() < until; ) {
      if (await question()) return true;
      await this.page.evaluate(() => new Promise(requestAnimationFrame));
    }
    return false;
  }

  /** A GET with the browser's own session. */
  async get(path) {
    const answer = await this.page.request.get(new URL(path, this.page.url()).href);
    return answer.ok() ? answer.json() : { status: answer.status() };
  }

  /** The status of a POST with the browser's own session. */
  async post(path, body) {
    const { origin } = new URL(this.page.url());
    const headers = { origin, 'content-type': 'application/json', 'idempotency-key': `test-${Math.random()}` };
    return (await this.page.request.post(new URL(path, origin).href, { data: body, headers })).status();
  }
}
