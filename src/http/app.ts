import { Hono } from 'hono'
import type { Env } from '../env.ts'

/** Everything the Worker answers over HTTP. */
export const app = new Hono<{ Bindings: Env }>()

app.get('/healthz', context => context.json({ ok: true }))
