// Two notes as a WAV file: a headset is tried by them. Made here, so that nothing has to be loaded.

const rate = 8_000;
const notes = [660, 880];
const noteS = 0.28;

export function chime(): Blob {
  const each = Math.round(rate * noteS);
  const samples = new Int16Array(each * notes.length);
  for (let i = 0; i < samples.length; i += 1) {
    const [note, at] = [Math.floor(i / each), i % each];
    const edge = Math.min(1, at / 80, (each - at) / 400);
    samples[i] = 9_000 * edge * Math.sin((2 * Math.PI * notes[note]! * i) / rate);
  }
  const head = new DataView(new ArrayBuffer(44));
  const text = (at: number, word: string) => [...word].forEach((letter, i) => head.setUint8(at + i, letter.charCodeAt(0)));
  text(0, 'RIFF');
  head.setUint32(4, 36 + samples.byteLength, true);
  text(8, 'WAVEfmt ');
  head.setUint32(16, 16, true);
  head.setUint16(20, 1, true);
  head.setUint16(22, 1, true);
  head.setUint32(24, rate, true);
  head.setUint32(28, rate * 2, true);
  head.setUint16(32, 2, true);
  head.setUint16(34, 16, true);
  text(36, 'data');
  head.setUint32(40, samples.byteLength, true);
  return new Blob([head, samples], { type: 'audio/wav' });
}
