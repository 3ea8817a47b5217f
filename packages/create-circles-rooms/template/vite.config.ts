import { defineConfig } from 'vite'

// The page: page → dist, which the Worker serves as static assets.
export default defineConfig({ root: 'page', build: { outDir: '../dist', emptyOutDir: true } })
