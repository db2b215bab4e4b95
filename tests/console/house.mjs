// A real daemon in a folder of its own, with one agent, a telephone and a citizen by SIPp: for what the demo cannot
// show, such as being killed and started again. And a line between it and a browser that can be cut.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { createSocket } from 'node:dgram';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const startsWithinMs = 20_000;

async function freePort() {
  const socket = createSocket('udp4');
  await new Promise((done) => socket.bind(0, '127.0.0.1', done));
  const { port } = socket.address();
  await new Promise((done) => socket.close(done));
  return port;
}

const head = (name, of) => `<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="${name}">${of}</scenario>\n`;
const sdp = `Content-Type: application/sdp
Content-Length: [len]

v=0
o=u 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio 9000 RTP/AVP 0
a=rtpmap:0 PCMU/8000

`;
const answered = (status, more = '') => `<send${status.startsWith('200') && more ? ' retrans="500"' : ''}><![CDATA[
SIP/2.0 ${status}
[last_Via:]
[last_Record-Route:]
[last_From:]
[last_To:];tag=[pid]S[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:agent@[local_ip]:[local_port]>
${more || 'Content-Length: 0\n\n'}]]></send>`;
const bye = `<recv request="BYE"/><send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>`;
/** Rings so long, then it is lifted. */
const phone = (ringMs) => head('phone', `<recv request="INVITE"/>${answered('180 Ringing')}<pause milliseconds="${ringMs}"/>${answered('200 OK', sdp)}<recv request="ACK"/>${bye}`);
const citizen = (number) =>
  head(
    'citizen',
    `<send retrans="500"><![CDATA[
INVITE sip:1203@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:${number}@[local_ip]:[local_port]>;tag=[pid]T[call_number]
To: <sip:1203@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:${number}@[local_ip]:[local_port]>
Max-Forwards: 70
${sdp}]]></send>
<recv response="100" optional="true"/><recv response="180" optional="true"/><recv response="200" rrs="true"/>
<send><![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[routes]
From: <sip:${number}@[local_ip]:[local_port]>;tag=[pid]T[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>${bye}`,
  );

/** `agent`: login and password. */
export async function openHouse(binary, agent) {
  if (spawnSync('sipp', ['-v']).error) throw new Error('sipp is missing (Debian: sip-tester)');
  const folder = mkdtempSync(join(tmpdir(), 'kring-house-'));
  const [http, sip, phonePort, pbx] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const config = join(folder, 'kring.toml');
  writeFileSync(
    config,
    `data_dir = "${folder}/data"\n[sip]\nlisten = ["udp:127.0.0.1:${sip}"]\n[http]\nlisten = "127.0.0.1:${http}"\n[media]\ndead_after_s = 600\n` +
      `[[trunk]]\nname = "pbx"\naddress = "127.0.0.1:${pbx}"\npeers = ["127.0.0.1"]\n`,
  );
  const added = spawnSync(binary, ['user', 'add', agent.login, '--config', config, '--name', 'เจ้าหน้าที่ทดสอบ', '--device', `sip:agent@127.0.0.1:${phonePort}`, '--password-stdin'], { input: agent.password });
  if (added.status !== 0) throw new Error(`no account: ${added.stderr}`);
  let daemon;
  const sipps = new Set();
  const play = (name, xml, args) => {
    const file = join(folder, `${name}.xml`);
    writeFileSync(file, xml);
    const child = spawn('sipp', ['-sf', file, '-i', '127.0.0.1', '-m', '1', '-nostdin', ...args], { stdio: 'ignore', cwd: folder });
    sipps.add(child);
    child.once('exit', () => sipps.delete(child));
    return child;
  };
  const url = `http://127.0.0.1:${http}/`;
  const house = {
    port: http,
    url,
    async start() {
      daemon = spawn(binary, ['--config', config], { stdio: 'ignore' });
      for (const until = Date.now() + startsWithinMs; Date.now() < until; ) {
        if (await fetch(`${url}readyz`).then((answer) => answer.ok, () => false)) return;
        await new Promise((done) => setTimeout(done, 20));
      }
      throw new Error(`${binary} was not ready in ${startsWithinMs / 1000} s`);
    },
    /** As a power cut does it. */
    async kill() {
      const gone = new Promise((done) => daemon.once('exit', done));
      daemon.kill('SIGKILL');
      await gone;
    },
    /** A citizen calls; the telephone rings so long before it is lifted. */
    dial(number, ringMs) {
      sipps.forEach((child) => child.kill('SIGKILL'));
      play('phone', phone(ringMs), ['-p', String(phonePort)]);
      play('citizen', citizen(number), ['-p', String(pbx), `127.0.0.1:${sip}`]);
    },
    end() {
      sipps.forEach((child) => child.kill('SIGKILL'));
      daemon?.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return house;
}

/** A line to the port that can be cut and mended. */
export async function openLine(port) {
  let whole = true;
  const open = new Set();
  const server = createServer((near) => {
    if (!whole) return void near.destroy();
    const far = connect(port, '127.0.0.1');
    for (const [one, other] of [[near, far], [far, near]]) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => (open.delete(one), other.destroy()));
      one.pipe(other);
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    cut() {
      whole = false;
      open.forEach((socket) => socket.destroy());
    },
    mend: () => (whole = true),
    close() {
      this.cut();
      server.close();
    },
  };
}
