import { expect, test } from 'vitest'
import { startServer } from '../support/server.ts'
import { runCircles } from './run-circles.ts'

test('[cli] a document is printed and edited from a terminal', async () => {
  await using server = await startServer()
  const circles = (...args: string[]) => runCircles(['--url', server.url, '--name', 'ada', 'document', ...args])
  const plan = 'dev/plan'
  expect(await circles('edit', plan, '--new', 'on Monday')).toMatchObject({ code: 0 })
  expect(await circles('edit', plan, '--old', 'Monday', '--new', 'Tuesday')).toMatchObject({ code: 0 })
  expect(await circles('edit', plan, '--old', 'Monday', '--new', 'Friday')).toMatchObject({ code: 7 })
  expect(await circles('edit', plan, '--old', 'Tuesday', '--new', 'Sunday', '--suggest')).toMatchObject({ code: 0 })
  expect(await circles('cat', plan)).toMatchObject({ code: 0, out: 'on Tuesday\n' })
  expect(await circles('history', plan)).toMatchObject({ code: 0 })
  expect(await circles('cat', 'plan')).toMatchObject({ code: 2 })
})
