// A daemon of its own: a demo that is asked for its address and its newcomer, or a house in which nobody is yet.

import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What `kringd demo` prints before it takes calls. */
const printed = {
  url: /^\s*console\s+(http:\S+)$/m,
  login: /^\s*login\s+(\S+)$/m,
  password: /^\s*password\s+(\S+)$/m,
};

const startsWithinMs = 40_000;
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

/** A port that nothing has at this moment, for datagrams or connections. */
async function freePort(kind) {
  const socket = kind === 'udp' ? createSocket('udp4') : createServer();
  await new Promise((done) => (kind === 'udp' ? socket.bind(0, '127.0.0.1', done) : socket.listen(0, '127.0.0.1', done)));
  const { port } = socket.address();
  await new Promise((done) => socket.close(done));
  return port;
}

/** `kringd` as it is installed, over an empty folder of its own: nobody has an account. Started once more by `start`. */
export async function newHouse(binary) {
  const folder = mkdtempSync(join(tmpdir(), 'kring-house-'));
  const [http, sip] = [await freePort('tcp'), await freePort('udp')];
  const config = join(folder, 'kring.toml');
  writeFileSync(config, [`data_dir = "${folder}/data"`, '[http]', `listen = "127.0.0.1:${http}"`, '[sip]', `listen = ["udp:127.0.0.1:${sip}"]`, ''].join('\n'));
  const house = { url: `http://127.0.0.1:${http}/`, sip, folder, child: null, said: '' };
  house.kill = () => house.child?.kill('SIGKILL');
  house.start = async () => {
    const child = spawn(binary, ['--config', config], { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder });
    house.child = child;
    house.ended = new Promise((done) => child.once('exit', (code, signal) => done(code ?? signal)));
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (house.said = (house.said + part).slice(-8_000)));
    const late = performance.now() + startsWithinMs;
    for (let over = false; !over; ) {
      over = await fetch(new URL('/healthz', house.url)).then((answer) => answer.ok, () => false);
      if (over) return;
      if (child.exitCode !== null || performance.now() > late) throw new Error(`${binary} does not answer\n${house.said}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  };
  house.end = async () => {
    house.child.kill('SIGINT');
    const force = setTimeout(house.kill, endsWithinMs);
    await house.ended;
    clearTimeout(force);
    rmSync(folder, { recursive: true, force: true });
  };
  await house.start();
  return house;
}
