// The microphone of a browser in a test: a WAV file that Chromium plays as if somebody spoke.

import { writeFileSync } from 'node:fs';

const rate = 48_000;
/** Words and pauses: what sounds on and on is taken for noise by the browser, and suppressed. */
const wordS = 0.4;
const pauseS = 0.15;
const words = 8;

/** Writes a voice of this tone, with pauses, to be played again and again. */
export function writeTone(file, hz) {
  const each = Math.round(rate * (wordS + pauseS));
  const samples = new Int16Array(each * words);
  for (let i = 0; i < samples.length; i += 1) {
    const at = (i % each) / rate;
    const edge = Math.max(0, Math.min(1, at / 0.01, (wordS - at) / 0.01));
    samples[i] = 12_000 * edge * Math.sin((2 * Math.PI * hz * i) / rate);
  }
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.byteLength, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.byteLength, 40);
  writeFileSync(file, Buffer.concat([head, Buffer.from(samples.buffer)]));
}
