import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where `spintrack start` listens unless told otherwise. */
const api = 'http://127.0.0.1:3000'

export default defineConfig({
  plugins: [react()],
  // Other workspaces bring another React along; two in one page break every hook.
  resolve: { dedupe: ['react', 'react-dom'] },
  build: {
    target: 'es2022',
    sourcemap: false,
    // The weight check reads which chunk needs which.
    manifest: true,
    // The content security policy allows no inline script and no data: script, so nothing may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': api, '/health': api } },
  preview: { proxy: { '/api': api, '/health': api } },
})
