import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const server = process.env.BACKLOT_SERVER ?? 'http://localhost:8080';

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    // Nothing is inlined: the page runs under a policy that allows only its own files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // A file for each icon that two pages show would have Home wait for connections.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'icons', test: /@tabler/, minShareCount: 2 }] } } },
  },
  // The server takes changes from its own pages only.
  server: { proxy: { '/api': { target: server, changeOrigin: true, headers: { origin: server } } } },
  test: { include: ['test/unit/**/*.test.{ts,tsx}'] },
});
