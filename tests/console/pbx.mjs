// A PBX of one telephone, by SIP over UDP at loopback: it says that it is there, rings, and is answered when it is told.

import { createSocket } from 'node:dgram';

const allow = 'Allow: INVITE, ACK, BYE, CANCEL, OPTIONS';

/** The headers of a message by lower-case name; Via keeps all its lines. */
function headersOf(text) {
  const [head] = text.split('\r\n\r\n');
  const lines = head.split('\r\n').slice(1).map((line) => [line.slice(0, line.indexOf(':')).trim().toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]);
  return { via: lines.filter(([name]) => name === 'via' || name === 'v').map(([, value]) => value), ...Object.fromEntries(lines.filter(([name]) => name !== 'via')) };
}

export class OnePhone {
  /** What was dialled by each INVITE, once a call. */
  rang = [];
  #invite = null;
  #seen = new Set();

  static async open() {
    const phone = new OnePhone();
    phone.sound = createSocket('udp4');
    phone.socket = createSocket('udp4', (datagram, from) => phone.#heard(datagram.toString(), from));
    for (const socket of [phone.sound, phone.socket]) await new Promise((done) => socket.bind(0, '127.0.0.1', done));
    return phone;
  }

  get port() {
    return this.socket.address().port;
  }

  close() {
    this.sound.close();
    this.socket.close();
  }

  /** The handset is lifted. */
  answer() {
    const { port } = this.sound.address();
    const sdp = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio ${port} RTP/AVP 8`, 'a=rtpmap:8 PCMA/8000', 'a=sendrecv', ''].join('\r\n');
    if (this.#invite) this.#say(this.#invite, '200 OK', sdp);
  }

  #heard(text, from) {
    const [method, uri] = text.split(' ');
    if (method === 'SIP/2.0') return;
    const request = { headers: headersOf(text), from };
    switch (method) {
      case 'OPTIONS':
        return this.#say(request, '200 OK');
      case 'INVITE':
        if (!this.#seen.has(request.headers['call-id'])) this.rang.push(uri);
        this.#seen.add(request.headers['call-id']);
        this.#invite = request;
        return this.#say(request, '180 Ringing');
      case 'CANCEL':
        this.#say(request, '200 OK');
        if (this.#invite) this.#say(this.#invite, '487 Request Terminated');
        this.#invite = null;
        return undefined;
      case 'BYE':
        return this.#say(request, '200 OK');
      default:
        return undefined;
    }
  }

  #say({ headers, from }, status, sdp = '') {
    const to = /;\s*tag=/.test(headers.to ?? headers.t) ? (headers.to ?? headers.t) : `${headers.to ?? headers.t};tag=phone`;
    const lines = [
      `SIP/2.0 ${status}`,
      ...headers.via.map((via, i) => `Via: ${i === 0 ? `${via.replace(/;rport(?==|;|$)(=\d+)?/, '')};received=${from.address};rport=${from.port}` : via}`),
      `From: ${headers.from ?? headers.f}`, `To: ${to}`, `Call-ID: ${headers['call-id'] ?? headers.i}`, `CSeq: ${headers.cseq}`,
      `Contact: <sip:phone@127.0.0.1:${this.port}>`, allow, 'Server: one-phone',
      ...(sdp ? ['Content-Type: application/sdp'] : []), `Content-Length: ${Buffer.byteLength(sdp)}`, '', sdp,
    ];
    this.socket.send(lines.join('\r\n'), from.port, from.address);
  }
}
