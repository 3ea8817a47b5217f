import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const root = join(import.meta.dirname, 'page')
const editors = ['codemirror', 'tiptap', 'textarea', 'monaco', 'lexical', 'blocknote', 'excalidraw']

export default defineConfig({
  root,
  plugins: [react()],
  resolve: {
    // y-monaco imports the path that the editor's package had until it got `exports`.
    alias: { 'monaco-editor/esm/vs/editor/editor.api.js': 'monaco-editor/editor/editor.api.js' },
    dedupe: ['yjs'],
  },
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2024',
    chunkSizeWarningLimit: 10_000,
    rolldownOptions: { input: editors.map(editor => join(root, `${editor}.html`)) },
  },
})
