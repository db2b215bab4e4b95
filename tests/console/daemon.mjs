// A demo daemon of its own: started, asked for its address and its newcomer, and ended.

import { spawn } from 'node:child_process';

/** What `kringd demo` prints before it takes calls. */
const printed = {
  url: /^\s*console\s+(http:\S+)$/m,
  login: /^\s*login\s+(\S+)$/m,
  password: /^\s*password\s+(\S+)$/m,
};

const startsWithinMs = 20_000;
const endsWithinMs = 8_000;

/** Resolves when the console's address and a login are known; rejects when the daemon ends before. */
export function startDemo(binary, seconds) {
  const child = spawn(binary, ['demo', '--seconds', String(seconds), '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((done) => child.once('exit', (code, signal) => done(code ?? signal)));
  let said = '';
  let complained = '';
  child.stderr.on('data', (part) => (complained = (complained + part).slice(-4_000)));
  const demo = {
    /** Asks the daemon to end as Ctrl+C does, and makes it end when it does not. */
    async end() {
      child.kill('SIGINT');
      const force = setTimeout(() => child.kill('SIGKILL'), endsWithinMs);
      await ended;
      clearTimeout(force);
    },
    /** For the way out that cannot wait. */
    kill: () => child.kill('SIGKILL'),
    complaints: () => complained.trim(),
  };
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${binary} did not print its console in ${startsWithinMs / 1000} s`));
    }, startsWithinMs);
    child.once('error', reject);
    void ended.then((how) => reject(new Error(`${binary} ended (${how}) before it printed its console\n${complained}`)));
    child.stdout.on('data', (part) => {
      said += part;
      const found = Object.entries(printed).map(([name, line]) => [name, line.exec(said)?.[1]]);
      if (found.some(([, value]) => value === undefined)) return;
      clearTimeout(late);
      said = '';
      resolve({ ...demo, ...Object.fromEntries(found) });
    });
  });
}
