import { z } from 'zod'
import { deploymentStats } from '../../protocol/stats.ts'
import type { Operation } from './operations.ts'

const ok = z.object({ ok: z.literal(true) })

/** What those ask who keep a deployment running. */
export const upkeep: Operation[] = [
  {
    method: 'get',
    path: '/healthz',
    summary: 'Does the Worker run?',
    open: true,
    answers: { 200: ok.extend({ version: z.string() }) },
  },
  {
    method: 'get',
    path: '/readyz',
    summary: 'Is it configured, and do its objects answer?',
    open: true,
    answers: { 200: ok },
  },
  {
    method: 'get',
    path: '/api/stats',
    summary: 'What this deployment is doing',
    details: 'Owners of the deployment only: {"*":"owner"}. The same as it changes: /ws/stats.',
    answers: { 200: deploymentStats.meta({ id: 'Stats' }) },
  },
  {
    method: 'get',
    path: '/metrics',
    summary: 'The same for Prometheus',
    details: 'The bearer token is the setting METRICS_TOKEN.',
    answers: { 200: 'text/plain' },
  },
]
