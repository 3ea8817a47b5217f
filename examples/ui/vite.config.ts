import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { uiStyles } from '../../scripts/ui-styles.mjs'

// Until the package is installed here, its modules are those of this repository.
const source = (path: string) => join(import.meta.dirname, '../../src', path)
const styles = 'circles-rooms/ui/styles.css'

export default defineConfig({
  root: join(import.meta.dirname, 'page'),
  plugins: [
    react(),
    {
      name: 'styles-of-ui',
      enforce: 'pre',
      resolveId: id => (id === styles ? '\0styles-of-ui.css' : null),
      load: id => (id === '\0styles-of-ui.css' ? uiStyles() : null),
    },
  ],
  resolve: {
    alias: [
      { find: 'circles-rooms/client', replacement: source('client/compat.ts') },
      { find: 'circles-rooms/react', replacement: source('client/react-compat.ts') },
      { find: /^circles-rooms\/ui$/, replacement: source('web/ui/index.ts') },
      { find: '@ungap/structured-clone', replacement: source('web/lib/structured-clone.ts') },
    ],
  },
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: { checks: { ineffectiveDynamicImport: false } }, // of the sources; the package is built
  },
})
