import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { chunkName, compactWords } from './scripts/compact-words.mjs'
import { minifyAgain } from './scripts/minify-again.mjs'

// The page: src/web → dist/web, which the Worker serves as static assets.
export default defineConfig({
  root: 'src/web',
  plugins: [compactWords(), react(), minifyAgain()],
  resolve: { alias: { '@ungap/structured-clone': join(import.meta.dirname, 'src/web/lib/structured-clone.ts') } },
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0, // a `data:` URL is what the page's own policy forbids
    modulePreload: { polyfill: false }, // it would be an inline script
    // What the page needs at once is one script: each further one costs its own beginning, and compresses less well.
    rolldownOptions: {
      checks: { bundlerTimings: false }, // they tell whoever runs `npm start` nothing
      output: { chunkFileNames: chunkName, codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } },
    },
  },
})
