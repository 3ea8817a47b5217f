import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// Until the package is installed here, its modules are those of this repository.
const source = (path: string) => join(import.meta.dirname, '../../src', path)

export default defineConfig({
  root: join(import.meta.dirname, 'page'),
  plugins: [react()],
  resolve: {
    alias: {
      'circles-rooms/client': source('client/compat.ts'),
      'circles-rooms/react': source('client/react-compat.ts'),
      'circles-rooms/yjs/react': source('client/documents/react.ts'),
    },
  },
  build: { outDir: '../dist', emptyOutDir: true, chunkSizeWarningLimit: 1_000 },
})
