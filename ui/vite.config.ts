import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    // Nothing is inlined: the page runs under a policy that allows only its own files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { '/api': process.env.BACKLOT_SERVER ?? 'http://localhost:8080' },
  },
  test: { include: ['test/unit/**/*.test.ts'] },
});
