// The telephone in the page: its lights, a call, and trouble; and a telephone on the desk that is gone.

import { pop } from '../fake.mjs';

const me = { device: 'browser', devices: ['browser'], phone: { kind: 'browser', ice_servers: [] } };
const offline = { presence: { state: 'offline' } };
const ready = { presence: { state: 'ready', since: '2026-11-23T08:05:00Z' } };
const talking = { presence: { state: 'talking' }, call: { id: 'A', state: 'talking', offered: pop(), ring: { n: 2, of: 3 }, talk_ms: 134000 } };
const inCall = { me, snapshot: talking, phone: { call: 'talking' } };
const up = (page) => page.getByTestId('mute').waitFor();
const drafts = { A: { version: 3, saved_at: '2026-11-23T08:12:04Z', body: { subject: 'ติดตามเรื่องป้ายแสดงราคาปุ๋ยเคมี', department_id: '3', kind: 'inquiry' } } };
const lit = (light, tone) => (page) => page.locator(`[data-light="${light}"][data-tone="${tone}"]`).waitFor();

export const states = {
  '02-phone-ask': { me, snapshot: offline, phone: { microphone: 'prompt' }, wait: 'readiness', then: lit('microphone', 'ask') },
  '02-phone-refused': { me, snapshot: offline, phone: { microphone: 'denied' }, wait: 'readiness', then: lit('microphone', 'bad') },
  '02-phone-none': { me, snapshot: offline, phone: { microphone: 'none' }, wait: 'readiness', then: lit('microphone', 'bad') },
  '02-phone-green': {
    me,
    snapshot: offline,
    phone: {},
    wait: 'readiness',
    async then(page) {
      await lit('device', 'good')(page);
      await page.getByTestId('test-ring').click();
      await lit('sound', 'good')(page);
    },
  },
  '12-phone-talking': {
    ...inCall,
    drafts,
    async then(page, stage) {
      await up(page);
      stage.say('call.sound', { side: 'caller', class: 'good', loss_pct: 0, mos: 4.3 }, 'A');
    },
  },
  '12-phone-muted': {
    ...inCall,
    drafts,
    async then(page) {
      await up(page);
      await page.keyboard.press('F6');
      await page.locator('[data-testid="mute"][aria-pressed="true"]').waitFor();
    },
  },
  '12-phone-keypad': {
    ...inCall,
    drafts,
    async then(page) {
      await up(page);
      await page.keyboard.press('F8');
      await page.getByTestId('keypad').waitFor();
      await page.keyboard.type('5512');
    },
  },
  '12-phone-poor': {
    ...inCall,
    drafts,
    async then(page, stage) {
      await up(page);
      stage.say('call.sound', { side: 'agent', class: 'good', loss_pct: 0.2, mos: 4.3 }, 'A');
      stage.say('call.sound', { side: 'caller', class: 'poor', loss_pct: 7.4, mos: 2.6 }, 'A');
      await page.locator('[data-testid="sound-light"][data-class="poor"]').waitFor();
    },
  },
  '10-phone-line-lost': {
    ...inCall,
    drafts,
    async then(page, stage) {
      await up(page);
      stage.phone = null;
      stage.tell('phone.state', { state: 'lost', ms: 3000, leg: 'L' });
      await page.getByTestId('banner-phone').waitFor();
    },
  },
  '10-phone-microphone-lost': {
    ...inCall,
    drafts,
    phone: { call: 'talking', microphone: 'none' },
    then: (page) => page.getByTestId('banner-phone').waitFor(),
  },
  '10-phone-socket-lost': {
    ...inCall,
    drafts,
    async then(page, stage) {
      await up(page);
      stage.cut();
      await page.getByTestId('banner-lost').waitFor();
    },
  },
  '10-phone-gone': {
    snapshot: ready,
    me: { device: 'phone:5021', devices: ['phone:5021'] },
    async then(page, stage) {
      await page.getByTestId('idle-state').waitFor();
      stage.lights.device = false;
      stage.say('device.changed', { device: 'phone:5021', there: false, since: '2026-11-23T08:11:00Z' });
      await page.getByTestId('banner-phone').waitFor();
    },
  },
  '10-phone-gone-talking': {
    snapshot: talking,
    drafts,
    me: { device: 'phone:5021', devices: ['phone:5021'] },
    lights: { device: false },
    then: (page) => page.getByTestId('banner-phone').waitFor(),
  },
};
