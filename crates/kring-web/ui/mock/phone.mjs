// A telephone of cardboard in the page: a microphone that hums, and a line that connects when it is answered.
// Runs in the page before anything else (`addInitScript`). `microphone`: `granted`, `prompt`, `denied`, `none` or `busy`.

export function cardboardPhone({ microphone = 'granted', hums = 0.12 } = {}) {
  const may = new EventTarget();
  may.state = microphone === 'prompt' || microphone === 'denied' ? microphone : 'granted';
  navigator.permissions.query = async () => may;
  const devices = [
    ['audioinput', 'jabra', 'Jabra Evolve2 30 (หูฟัง)'],
    ['audioinput', 'builtin', 'ไมโครโฟนของโน้ตบุ๊ก'],
    ['audiooutput', 'jabra-out', 'Jabra Evolve2 30 (หูฟัง)'],
    ['audiooutput', 'speaker', 'ลำโพงโน้ตบุ๊ก (แยกจากหูฟัง)'],
  ].map(([kind, deviceId, label]) => ({ kind, deviceId, label: microphone === 'granted' ? label : '' }));
  navigator.mediaDevices.enumerateDevices = async () => devices;
  navigator.mediaDevices.getUserMedia = async () => {
    const refusal = { denied: 'NotAllowedError', prompt: 'NotAllowedError', none: 'NotFoundError', busy: 'NotReadableError' }[microphone];
    if (refusal) throw new DOMException('', refusal);
    const context = new AudioContext();
    const [tone, level, out] = [context.createOscillator(), context.createGain(), context.createMediaStreamDestination()];
    level.gain.value = hums;
    tone.connect(level).connect(out);
    tone.start();
    Object.defineProperty(out.stream.getAudioTracks()[0], 'label', { value: devices[0].label });
    return out.stream;
  };
  globalThis.RTCPeerConnection = class extends EventTarget {
    connectionState = 'new';
    signalingState = 'stable';
    addTransceiver() {
      const dtmf = { canInsertDTMF: true, toneBuffer: '', insertDTMF() {} };
      return { setCodecPreferences() {}, sender: { dtmf, replaceTrack: async () => undefined } };
    }
    async setLocalDescription() {
      this.signalingState = 'have-local-offer';
      this.localDescription = { sdp: 'v=0\r\n' };
    }
    async setRemoteDescription() {
      this.signalingState = 'stable';
      const voice = await navigator.mediaDevices.getUserMedia();
      this.ontrack?.({ streams: [voice], track: voice.getAudioTracks()[0] });
      this.becomes('connected');
    }
    becomes(state) {
      this.connectionState = state;
      this.onconnectionstatechange?.();
    }
    async getStats() {
      return new Map();
    }
    close() {}
  };
}
