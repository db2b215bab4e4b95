import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';

// `KRING` is where `npm run dev` finds a running daemon.
const daemon = process.env.KRING ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [tailwindcss(), svelte(), svelteTesting()],
  base: '/',
  // Assets are never inlined: the server's content security policy allows files of its own only.
  build: { target: 'es2022', assetsInlineLimit: 0 },
  server: { proxy: { '/api': daemon, '/ws': { target: daemon, ws: true } } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
});
