// Ears in the page itself: which tone the browser's own connection brings, by its spectrum. Runs in the page before
// anything else (`addInitScript`), and touches nothing of the console: it only looks at what connections receive.

export function ear() {
  const Real = globalThis.RTCPeerConnection;
  const heard = { connections: 0, analyser: null, context: null, waits: null };
  globalThis.kringEar = heard;
  globalThis.RTCPeerConnection = class extends Real {
    constructor(...given) {
      super(...given);
      heard.connections += 1;
      this.addEventListener('track', ({ track }) => {
        heard.context ??= new AudioContext({ sinkId: { type: 'none' } });
        void heard.context.resume();
        heard.analyser = heard.context.createAnalyser();
        heard.analyser.fftSize = 4096;
        heard.analyser.smoothingTimeConstant = 0;
        heard.context.createMediaStreamSource(new MediaStream([track])).connect(heard.analyser);
      });
    }
  };
  const loudnessOf = () => {
    const samples = new Float32Array(1024);
    heard.analyser?.getFloatTimeDomainData(samples);
    return Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
  };
  /** The loudest tone, Hz, and how loud all is, 0 to 1. */
  heard.now = () => {
    const { analyser, context } = heard;
    if (!analyser) return { hz: 0, level: 0 };
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    const top = bins.indexOf(Math.max(...bins));
    return { hz: (top * context.sampleRate) / analyser.fftSize, level: loudnessOf() };
  };
  /** How long after the next F2 there is sound, ms: read by `waits.took`. */
  heard.timeAnswer = () => {
    const waits = { pressed: null, took: null, at: null };
    heard.waits = waits;
    addEventListener('keydown', ({ code }) => code === 'F2' && (waits.pressed ??= performance.now()), { capture: true });
    const look = setInterval(() => {
      if (waits.pressed === null || loudnessOf() < 0.02) return;
      waits.took = performance.now() - waits.pressed;
      clearInterval(look);
    }, 4);
  };
}
