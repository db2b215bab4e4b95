#!/usr/bin/env node
// How soon a pop is on the screen: calls of the demo ring at a real page, and the daemon's own measure is read.
// Usage: node tests/console/pops.mjs [--calls N]. KRINGD: the binary; CHROMIUM: the browser. A measurement, not a check.

import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startDemo } from './daemon.mjs';
import { Desk, openBrowser } from './desk.mjs';

const { values: options } = parseArgs({ options: { calls: { type: 'string', default: '30' } } });
const wanted = Number(options.calls);
const soonMs = 10_000;
const secondsPerCall = 12;

/** The upper bound of the bucket in which this share of a histogram lies, s. */
function quantile(metrics, stage, share) {
  const rows = [...metrics.matchAll(new RegExp(`^kring_screen_pop_seconds_bucket\\{[^}]*stage="${stage}"[^}]*le="([^"]+)"[^}]*\\} (\\d+)|^kring_screen_pop_seconds_bucket\\{[^}]*le="([^"]+)"[^}]*stage="${stage}"[^}]*\\} (\\d+)`, 'gm'))].map((row) => [row[1] ?? row[3], Number(row[2] ?? row[4])]);
  const all = rows.at(-1)?.[1] ?? 0;
  return { all, under: rows.find(([, count]) => count >= all * share)?.[0] ?? '-' };
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];

async function main() {
  const binary = process.env.KRINGD ?? fileURLToPath(new URL('../../target/release/kringd', import.meta.url));
  const demo = await startDemo(binary, wanted * secondsPerCall + 60);
  process.once('exit', demo.kill);
  const browser = await openBrowser();
  const desk = await Desk.open(browser, demo.url);
  const painted = [];
  desk.page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const said = JSON.parse(String(payload));
      if (said.t === 'painted') painted.push(said.ms);
    }),
  );
  await desk.page.reload();
  await desk.page.locator('#login').fill(demo.login, { timeout: soonMs });
  await desk.page.locator('#password').fill(demo.password);
  await desk.page.keyboard.press('Enter');
  await desk.page.locator('[data-testid="go-ready"]:not(:disabled)').click({ timeout: 30_000 });
  const until = performance.now() + wanted * secondsPerCall * 1_000;
  while (painted.length < wanted && performance.now() < until) {
    const phase = await desk.comesTo(['ringing', 'wrapup', 'talking', 'paused'], 30_000);
    const call = await desk.call();
    if (phase === 'ringing') {
      // A person takes a moment to reach for the key.
      await desk.page.waitForTimeout(800);
      await desk.page.keyboard.press('F2');
    }
    if (phase === 'talking') await desk.page.keyboard.press('F9');
    if (phase === 'wrapup' && call) await desk.post(`/api/v1/calls/${call}/no-case`, { reason: 'dropped' });
    if (phase === 'paused') await desk.at('go-ready').click({ timeout: soonMs }).catch(() => {});
    if (phase) await desk.met(desk.page.waitForFunction(([was, id]) => { const bar = document.querySelector('[data-testid="call-bar"]'); return bar?.dataset.phase !== was || bar?.dataset.call !== id; }, [phase, call ?? undefined], { timeout: soonMs }));
  }
  const metrics = await (await desk.page.request.get(new URL('/metrics', demo.url).href)).text();
  for (const stage of ['ack', 'paint']) {
    const [half, most] = [quantile(metrics, stage, 0.5), quantile(metrics, stage, 0.99)];
    console.log(`kring_screen_pop_seconds{stage="${stage}"}: ${most.all} pops, half within ${half.under} s, 99 % within ${most.under} s`);
  }
  painted.sort((a, b) => a - b);
  console.log(`in the page, from the frame to the paint: ${painted.length} pops, half within ${at(painted, 0.5)} ms, 99 % within ${at(painted, 0.99)} ms; load ${loadavg()[0].toFixed(1)}`);
  await browser.close();
  await demo.end();
}

await main();
