// A picture of every state, axe on each, and a search for cut text.
// Usage: node mock/shots.mjs [OUT] [NAME,…] [WIDTH] [HEIGHT] [LANG]. Exit code 1 when something is wrong.
// The states stand in mock/states, one file a part of the console: `states` by name, each with what `attach` takes
// (`me`, `answers`, …), where the page begins (`at`), and what happens then.

import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { attach, serveDist } from './fake.mjs';

const [out = 'shots', only = '', width = '1366', height = '768', lang = 'th'] = process.argv.slice(2);
const states = {};
for (const file of fs.readdirSync(new URL('./states', import.meta.url)).sort()) {
  Object.assign(states, (await import(`./states/${file}`)).states);
}

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const server = await serveDist();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
fs.mkdirSync(out, { recursive: true });
let wrong = 0;
let passed = 0;
let failed = 0;

/** Elements whose text does not fit in them, and anything that makes the page itself scroll. */
function cutText() {
  const bad = [];
  for (const element of document.querySelectorAll('main *, header *, section *')) {
    const style = getComputedStyle(element);
    const passed = element.closest('.sr-only, svg') || element.dataset.scrolls !== undefined || !element.clientWidth || style.textOverflow === 'ellipsis';
    if (passed) continue;
    if (element.scrollWidth > element.clientWidth + 1 && style.overflowX !== 'visible' && element.tagName !== 'INPUT')
      bad.push(`${element.tagName}:${element.textContent.trim().slice(0, 40)}`);
    if (['SPAN', 'BUTTON', 'LABEL', 'A'].includes(element.tagName) && element.scrollWidth > element.clientWidth + 1 && style.display !== 'inline')
      bad.push(`wide ${element.tagName}:${element.textContent.trim().slice(0, 40)}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) bad.push('the page scrolls sideways');
  return bad;
}

for (const [name, { then, at = '', answers = {}, wait, ...server_ }] of Object.entries(states)) {
  if (only && !only.split(',').some((start) => (start.endsWith('$') ? name === start.slice(0, -1) : name.startsWith(start)))) continue;
  const context = await browser.newContext({ viewport: { width: Number(width), height: Number(height) } });
  const page = await context.newPage();
  page.on('pageerror', (failure) => console.log(name, 'ERROR', failure.message, (wrong += 1)));
  page.on('console', (said) => said.type() === 'error' && !/40[1349]|412|422|503|ERR_|WebSocket/.test(said.text()) && console.log(name, 'CONSOLE', said.text(), (wrong += 1)));
  await page.addInitScript((language) => localStorage.setItem('kring.lang', language), lang);
  const stage = await attach(page, { ...structuredClone(server_), answers });
  await page.goto(server.url + at);
  await page.getByTestId(wait ?? (server_.signedIn === false ? 'live-polite' : 'place')).waitFor({ state: 'attached' });
  if (server_.signedIn !== false && !wait) await page.waitForFunction(() => document.querySelector('[data-link="up"]'));
  await page.waitForTimeout(150);
  await then?.(page, stage);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(400);
  await page.screenshot({ path: path.join(out, `${name}-${lang}-${width}.png`) });
  const cut = await page.evaluate(cutText);
  await page.evaluate(fs.readFileSync('node_modules/axe-core/axe.min.js', 'utf8'));
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const found = violations.map((v) => `${v.id} x${v.nodes.length} ${v.nodes.slice(0, 3).map((n) => n.target)}`);
  wrong += found.length + cut.length;
  found.length + cut.length ? (failed += 1) : (passed += 1);
  console.log(name, found.length ? `AXE ${found.join(' | ')}` : 'axe 0', cut.length ? `CUT ${cut.join(' ; ')}` : '');
  await context.close();
}
await browser.close();
server.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(wrong ? 1 : 0);
