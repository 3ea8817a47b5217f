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
  const { out } = await circles('suggestions', plan)
  expect(out).toMatch(/^1 {2}\S+Z {2}ada\n {2}- Tuesday\n {2}\+ Sunday\n$/)
  expect(await circles('accept', plan, '1')).toMatchObject({ code: 0 })
  expect(await circles('accept', plan, '1')).toMatchObject({ code: 6 })
  expect(await circles('cat', plan)).toMatchObject({ out: 'on Sunday\n' })
  expect(await circles('edit', plan, '--new', ' or Monday', '--suggest')).toMatchObject({ code: 0 })
  expect(await circles('reject', plan, '2')).toMatchObject({ code: 0 })
  expect(await circles('suggestions', plan, '--json')).toMatchObject({ code: 0, out: '' })
  const { err } = await circles('edit', plan, '--new', ', or not')
  const edit = /this is edit (\d+)\./.exec(err)?.[1] ?? ''
  expect(await circles('undo', plan, edit)).toMatchObject({ code: 0 })
  expect(await circles('cat', plan)).toMatchObject({ out: 'on Sunday\n' })
  expect(await circles('undo', plan, '99')).toMatchObject({ code: 6 })
})
