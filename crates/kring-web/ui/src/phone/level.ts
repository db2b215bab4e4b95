// How loud a voice is: for the eye, ten to sixty times a second.
// Rule: nothing is played and nothing is kept.

type Sinkless = AudioContextOptions & { sinkId?: { type: 'none' } };

/** From silence (0) to as loud as it goes (1): an ordinary voice stands near two thirds. */
const quietDb = -60;

let context: AudioContext | null = null;

function opened(): AudioContext | null {
  if (context || typeof AudioContext === 'undefined') return context;
  const options: Sinkless = { sinkId: { type: 'none' } };
  try {
    context = new AudioContext(options);
  } catch {
    context = new AudioContext();
  }
  return context;
}

/** Where this stands on the scale of a meter. */
export function loudness(samples: Float32Array): number {
  let power = 0;
  for (const sample of samples) power += sample * sample;
  const db = 10 * Math.log10(power / samples.length || Number.MIN_VALUE);
  return Math.min(1, Math.max(0, 1 - db / quietDb));
}

export class Meter {
  #source: MediaStreamAudioSourceNode | null = null;
  #analyser: AnalyserNode | null = null;
  #samples = new Float32Array(1024);

  listen(stream: MediaStream): void {
    this.rest();
    const way = opened();
    if (!way) return;
    void way.resume().catch(() => {});
    this.#analyser = way.createAnalyser();
    this.#analyser.fftSize = this.#samples.length;
    this.#source = way.createMediaStreamSource(stream);
    this.#source.connect(this.#analyser);
  }

  read(): number {
    if (!this.#analyser) return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return loudness(this.#samples);
  }

  rest(): void {
    this.#source?.disconnect();
    [this.#source, this.#analyser] = [null, null];
  }
}
