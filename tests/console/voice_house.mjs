// A daemon in a folder whose agents have their telephones in the browser, and the PBX of this process before it.

import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Telephones } from './telephones.mjs';

const startsWithinMs = 30_000;

/** A port that nothing has at this moment, of those that are ours: the usual ones are taken by other suites. */
async function freePort() {
  for (;;) {
    const port = 14_000 + Math.floor(Math.random() * 1_000);
    const socket = createSocket('udp4');
    const bound = await new Promise((done) => {
      socket.once('error', () => done(false));
      socket.bind(port, '127.0.0.1', () => done(true));
    });
    if (bound) await new Promise((done) => socket.close(done));
    if (bound) return port;
  }
}

/** `agents`: `{ login, device }`; the password is the same for all. `more`: lines of kring.toml. */
export async function openVoiceHouse(binary, agents, password, more = '') {
  const folder = mkdtempSync(join(tmpdir(), 'kring-voice-'));
  const [http, sip, browsers] = [await freePort(), await freePort(), await freePort()];
  const pbx = await Telephones.open();
  pbx.reach(sip);
  const config = join(folder, 'kring.toml');
  writeFileSync(
    config,
    `data_dir = "${folder}/data"\n[sip]\nlisten = ["udp:127.0.0.1:${sip}"]\n[http]\nlisten = "127.0.0.1:${http}"\n[agent]\nwrapup_s = 600\n` +
      `[media]\nbrowser_port = ${browsers}\nice_addresses = ["127.0.0.1"]\n[dial]\npatterns = ["2XXX"]\n` +
      `[[trunk]]\nname = "pbx"\naddress = "127.0.0.1:${pbx.port}"\npeers = ["127.0.0.1"]\n${more}`,
  );
  for (const { login, device = 'browser' } of agents) {
    const added = spawnSync(binary, ['user', 'add', login, '--config', config, '--name', `เจ้าหน้าที่ ${login}`, '--device', device, '--password-stdin'], { input: password });
    if (added.status !== 0) throw new Error(`no account ${login}: ${added.stderr}`);
  }
  let daemon;
  let ended = false;
  const house = {
    pbx,
    port: http,
    url: `http://127.0.0.1:${http}/`,
    said: '',
    async start() {
      daemon = spawn(binary, ['--config', config], { stdio: ['ignore', 'pipe', 'pipe'] });
      for (const stream of [daemon.stdout, daemon.stderr]) stream.on('data', (part) => (house.said = (house.said + part).slice(-200_000)));
      for (const until = Date.now() + startsWithinMs; Date.now() < until; ) {
        if (await fetch(`${house.url}readyz`).then((answer) => answer.ok, () => false)) return;
        if (daemon.exitCode !== null) break;
        await new Promise((done) => setTimeout(done, 20));
      }
      throw new Error(`${binary} was not ready in ${startsWithinMs / 1000} s\n${house.said}`);
    },
    /** As a power cut does it. */
    async kill() {
      const gone = new Promise((done) => daemon.once('exit', done));
      daemon.kill('SIGKILL');
      await gone;
    },
    pid: () => daemon.pid,
    end() {
      if (ended) return;
      ended = true;
      daemon?.kill('SIGKILL');
      pbx.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await house.start();
  return house;
}
