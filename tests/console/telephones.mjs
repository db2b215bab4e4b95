// A PBX in this process: citizens who call kring and officers behind extensions, by SIP over UDP at loopback, each with
// a voice of one tone, and with ears that say which tones they hear. Bounded: one socket for SIP, one for each voice.

import { createSocket } from 'node:dgram';

const frame = 160;
const frameMs = 20;
const rate = 8_000;
/** What is remembered of what was heard, samples. */
const heardMax = rate * 2;
const peak = 8_000;
/** RFC 4733. */
const eventType = 101;
const alaw = { name: 'PCMA', type: 8 };

/** G.711 A-law (ITU-T G.711), by its tables. */
function compand(sample) {
  const sign = sample >= 0 ? 0xd5 : 0x55;
  let level = Math.min(32_635, Math.abs(sample)) >> 3;
  if (level < 32) return (level >> 1) ^ sign;
  let segment = 1;
  while (level >= 64) {
    level >>= 1;
    segment += 1;
  }
  return ((segment << 4) | ((level >> 1) & 15)) ^ sign;
}
const linear = Int16Array.from({ length: 256 }, (_, code) => {
  const bits = code ^ 0x55;
  const segment = (bits >> 4) & 7;
  const low = ((bits & 15) << 4) + 8;
  const size = segment === 0 ? low : (low + 256) << (segment - 1);
  return bits & 0x80 ? size : -size;
});

/** The share of the sound that is this tone, 0 to 1 (Goertzel). */
export function share(samples, hz) {
  const turn = 2 * Math.cos((2 * Math.PI * hz) / rate);
  let [one, two, power] = [0, 0, 0];
  for (const sample of samples) {
    [one, two] = [sample + turn * one - two, one];
    power += sample * sample;
  }
  if (power === 0) return 0;
  return (one * one + two * two - turn * one * two) / ((power * samples.length) / 2);
}
const loudness = (samples) => Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length));

/** One end of a conversation: its tone, and what it hears. */
class Voice {
  keys = '';
  /** When each tone that was waited for was first heard, on `performance.now()`. */
  firstHeard = new Map();
  #heard = new Int16Array(heardMax);
  #at = 0;
  #seq = Math.floor(Math.random() * 65_536);
  #stamp = Math.floor(Math.random() * 2 ** 32);
  #ssrc = Math.floor(Math.random() * 2 ** 32);
  #phase = 0;
  #lastKey = null;
  #target = null;
  #awaited = new Set();
  packets = 0;

  static async open(hz) {
    const voice = new Voice();
    voice.hz = hz;
    voice.socket = createSocket('udp4', (datagram) => voice.#hear(datagram));
    await new Promise((done) => voice.socket.bind(0, '127.0.0.1', done));
    return voice;
  }

  get description() {
    const { port } = this.socket.address();
    const lines = ['v=0', 'o=- 7 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio ${port} RTP/AVP ${alaw.type} ${eventType}`];
    return [...lines, `a=rtpmap:${alaw.type} ${alaw.name}/8000`, `a=rtpmap:${eventType} telephone-event/8000`, `a=fmtp:${eventType} 0-15`, 'a=ptime:20', 'a=sendrecv', ''].join('\r\n');
  }

  /** Where the other end wants sound. */
  speakTo(sdp) {
    const port = Number(/^m=audio (\d+)/m.exec(sdp)?.[1]);
    const host = /^c=IN IP4 (\S+)/m.exec(sdp)?.[1];
    this.#target = port > 0 && host ? { port, host } : null;
  }

  /** Notes when this tone is first heard from now on. */
  await(hz) {
    this.firstHeard.delete(hz);
    this.#awaited.add(hz);
  }

  /** One frame of the tone. */
  speak() {
    if (!this.#target) return;
    const packet = Buffer.alloc(12 + frame);
    packet[0] = 0x80;
    packet[1] = alaw.type;
    packet.writeUInt16BE(this.#seq, 2);
    packet.writeUInt32BE(this.#stamp, 4);
    packet.writeUInt32BE(this.#ssrc, 8);
    for (let i = 0; i < frame; i += 1) {
      packet[12 + i] = compand(Math.round(peak * Math.sin(this.#phase)));
      this.#phase += (2 * Math.PI * this.hz) / rate;
    }
    this.#seq = (this.#seq + 1) % 65_536;
    this.#stamp = (this.#stamp + frame) % 2 ** 32;
    this.socket.send(packet, this.#target.port, this.#target.host);
  }

  /** What came last, newest at the end. */
  heard(ms) {
    const count = Math.min(heardMax, Math.round((rate * ms) / 1_000));
    return Int16Array.from({ length: count }, (_, i) => this.#heard[(this.#at - count + i + 2 * heardMax) % heardMax]);
  }

  /** What was heard before is forgotten. */
  forget() {
    this.#heard.fill(0);
    this.packets = 0;
  }

  /** Whether most of what was heard in some fifth of a second of the last two is this tone. */
  hears(hz) {
    const all = this.heard(2_000);
    for (let from = 0; from + 1_600 <= all.length; from += 800) {
      const part = all.subarray(from, from + 1_600);
      if (loudness(part) > 150 && share(part, hz) > 0.6) return true;
    }
    return false;
  }

  get loudness() {
    return loudness(this.heard(1_000));
  }

  stop() {
    this.#target = null;
    this.socket.close();
  }

  #hear(datagram) {
    // RTCP has types from 192 on, and some of it comes to the same port.
    if (datagram.length <= 12 || datagram[0] >> 6 !== 2 || (datagram[1] >= 192 && datagram[1] <= 223)) return;
    const type = datagram[1] & 0x7f;
    if (type === eventType) return this.#key(datagram);
    if (type !== alaw.type) return;
    this.packets += 1;
    for (const code of datagram.subarray(12)) {
      this.#heard[this.#at] = linear[code];
      this.#at = (this.#at + 1) % heardMax;
    }
    for (const hz of this.#awaited) {
      const now = this.heard(40);
      if (loudness(now) < 150 || share(now, hz) < 0.6) continue;
      this.firstHeard.set(hz, performance.now());
      this.#awaited.delete(hz);
    }
  }

  #key(datagram) {
    const stamp = datagram.readUInt32BE(4);
    if (stamp === this.#lastKey) return;
    this.#lastKey = stamp;
    this.keys += '0123456789*#ABCD'[datagram[12]] ?? '';
  }
}

function parsed(text) {
  const [head, ...body] = text.split('\r\n\r\n');
  const [first, ...lines] = head.split('\r\n');
  const all = lines.map((line) => [line.slice(0, line.indexOf(':')).trim().toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]);
  const short = { v: 'via', f: 'from', t: 'to', i: 'call-id', m: 'contact', c: 'content-type', l: 'content-length' };
  const named = all.map(([name, value]) => [short[name] ?? name, value]);
  const status = Number(/^SIP\/2\.0 (\d{3})/.exec(first)?.[1] ?? 0);
  return { first, status, method: status ? named.find(([name]) => name === 'cseq')?.[1].split(' ')[1] : first.split(' ')[0], via: named.filter(([name]) => name === 'via').map(([, value]) => value), headers: Object.fromEntries(named), body: body.join('\r\n\r\n') };
}

const word = () => Math.random().toString(36).slice(2, 12);
const uriOf = (header) => /<([^>]+)>/.exec(header)?.[1] ?? header;

/** A call at this PBX, seen from its end. */
class Call {
  state = 'dialling';
  answeredAt = null;
  constructor(voice, more) {
    this.voice = voice;
    Object.assign(this, more);
  }
}

export class Telephones {
  calls = new Map();
  /** What was dialled of officers. */
  rang = [];
  #officers = new Map();
  #timer;
  #spoken = performance.now();

  static async open() {
    const all = new Telephones();
    all.socket = createSocket('udp4', (datagram, from) => all.#hear(datagram.toString(), from));
    await new Promise((done) => all.socket.bind(0, '127.0.0.1', done));
    all.#timer = setInterval(() => all.#speak(), 10);
    return all;
  }

  get port() {
    return this.socket.address().port;
  }

  /** Where kring listens. */
  reach(port) {
    this.kring = port;
  }

  /** Somebody behind an extension: lets it ring so long, then speaks this tone. */
  officer(extension, { hz, afterMs }) {
    this.#officers.set(extension, { hz, afterMs });
  }

  /** A citizen calls, with a voice of this tone. */
  async dial(number, to, hz) {
    const voice = await Voice.open(hz);
    const id = `${word()}@citizen`;
    const call = new Call(voice, { id, number, cseq: 1, branch: `z9hG4bK${word()}`, from: `<sip:${number}@127.0.0.1>;tag=${word()}`, to: `<sip:${to}@127.0.0.1:${this.kring}>`, target: `sip:${to}@127.0.0.1:${this.kring}`, kring: this.kring });
    this.calls.set(id, call);
    this.#ask(call, 'INVITE', voice.description);
    return call;
  }

  hangUp(call) {
    if (call.state === 'over') return;
    if (call.state === 'talking') {
      call.cseq += 1;
      call.branch = `z9hG4bK${word()}`;
      this.#ask(call, 'BYE');
    } else this.#ask(call, 'CANCEL');
    this.#over(call);
  }

  close() {
    clearInterval(this.#timer);
    for (const call of this.calls.values()) this.#over(call);
    this.socket.close();
  }

  /** As many frames as are due: a busy machine sends late, and no fewer. */
  #speak() {
    for (const now = performance.now(); this.#spoken + frameMs <= now; this.#spoken += frameMs) {
      for (const call of this.calls.values()) if (call.state === 'talking') call.voice.speak();
    }
  }

  #over(call) {
    if (call.state === 'over') return;
    call.state = 'over';
    call.voice.stop();
  }

  #ask(call, method, body = '') {
    const lines = [
      `${method} ${call.target} SIP/2.0`, `Via: SIP/2.0/UDP 127.0.0.1:${this.port};branch=${call.branch};rport`, 'Max-Forwards: 70', `From: ${call.from}`, `To: ${call.to}`,
      `Call-ID: ${call.id}`, `CSeq: ${call.cseq} ${method}`, `Contact: <sip:${call.number}@127.0.0.1:${this.port}>`, 'Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE',
      ...(body ? ['Content-Type: application/sdp'] : []), `Content-Length: ${Buffer.byteLength(body)}`, '', body,
    ];
    this.socket.send(lines.join('\r\n'), call.kring, '127.0.0.1');
  }

  #hear(text, from) {
    const message = parsed(text);
    const call = this.calls.get(message.headers['call-id']);
    if (message.status) return call && this.#answered(call, message);
    return this.#asked(call, message, from);
  }

  #answered(call, message) {
    if (message.method !== 'INVITE' || message.status < 200) return;
    call.to = message.headers.to;
    if (message.status >= 300) {
      this.#ask(call, 'ACK');
      call.refused = message.status;
      return this.#over(call);
    }
    if (call.state === 'over') return;
    if (call.state === 'dialling') {
      call.target = uriOf(message.headers.contact);
      call.branch = `z9hG4bK${word()}`;
      call.answeredAt = performance.now();
      call.voice.speakTo(message.body);
      call.state = 'talking';
    }
    this.#ask(call, 'ACK');
  }

  #asked(call, message, from) {
    switch (message.method) {
      case 'INVITE':
        return call ? this.#changed(call, message, from) : void this.#rings(message, from);
      case 'UPDATE':
        if (call && message.body) call.voice.speakTo(message.body);
        return this.#say(message, from, '200 OK', message.body ? (call?.voice.description ?? '') : '');
      case 'CANCEL':
        this.#say(message, from, '200 OK');
        if (call?.invite) this.#say(call.invite, from, '487 Request Terminated');
        return call && this.#over(call);
      case 'BYE':
        this.#say(message, from, '200 OK');
        return call && this.#over(call);
      case 'OPTIONS':
      case 'INFO':
      case 'NOTIFY':
        return this.#say(message, from, '200 OK');
      default:
        return undefined;
    }
  }

  /** Another description in the middle of a call. */
  #changed(call, message, from) {
    if (call.state !== 'talking') return;
    if (message.body) call.voice.speakTo(message.body);
    this.#say(message, from, '200 OK', call.voice.description);
  }

  async #rings(message, from) {
    const extension = /^INVITE sips?:([^@;>]+)/.exec(message.first)?.[1];
    const officer = this.#officers.get(extension);
    const id = message.headers['call-id'];
    if (!officer) return this.#say(message, from, '404 Not Found');
    const call = new Call(null, { id, number: extension, invite: message, kring: from.port, cseq: 100, from: `${message.headers.to};tag=officer`, to: message.headers.from, target: uriOf(message.headers.contact) });
    this.calls.set(id, call);
    this.rang.push(extension);
    call.voice = await Voice.open(officer.hz);
    this.#say(message, from, '180 Ringing');
    setTimeout(() => {
      if (call.state === 'over') return;
      call.voice.speakTo(message.body);
      call.state = 'talking';
      call.answeredAt = performance.now();
      this.#say(message, from, '200 OK', call.voice.description);
    }, officer.afterMs);
    return undefined;
  }

  #say({ headers, via }, from, status, sdp = '') {
    const to = /;\s*tag=/.test(headers.to) ? headers.to : `${headers.to};tag=officer`;
    const lines = [
      `SIP/2.0 ${status}`, ...via.map((one, i) => `Via: ${i === 0 ? `${one.replace(/;rport(=\d+)?(?=;|$)/, '')};received=${from.address};rport=${from.port}` : one}`),
      `From: ${headers.from}`, `To: ${to}`, `Call-ID: ${headers['call-id']}`, `CSeq: ${headers.cseq}`, `Contact: <sip:pbx@127.0.0.1:${this.port}>`, 'Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE',
      ...(sdp ? ['Content-Type: application/sdp'] : []), `Content-Length: ${Buffer.byteLength(sdp)}`, '', sdp,
    ];
    this.socket.send(lines.join('\r\n'), from.port, from.address);
  }
}
