import { defineConfig } from 'vitest/config'

// The page: page → dist, which the Worker serves as static assets. The tests stand beside it.
export default defineConfig({
  root: 'page',
  build: { outDir: '../dist', emptyOutDir: true },
  test: { root: '.' },
})
