import { expect, test } from 'vitest'
import { Components } from '../../src/rooms/component.ts'
import { nothing } from '../../src/rooms/outcome.ts'

test('due times are asked for again only after a change, or after afterRun', () => {
  const components = new Components()
  let asked = 0
  const times = { alarm: 5, tick: 7 }
  const part = {
    changed: () => {},
    nextAlarm: () => {
      asked += 1
      return times.alarm
    },
    nextTick: () => times.tick,
    afterRun: () => {
      times.tick = 9
      return nothing
    },
  }
  components.add(changed => Object.assign(part, { changed }))
  const due = () => [components.nextAlarm(), components.nextTick()]
  expect([due(), due(), asked]).toEqual([[5, 7], [5, 7], 1])
  times.alarm = 3
  expect(due()).toEqual([5, 7])
  part.changed()
  expect([due(), asked]).toEqual([[3, 7], 2])
  components.afterRun(0)
  expect([due(), asked]).toEqual([[3, 9], 3])
  components.afterRun(0) // nothing changed since
  expect([due(), asked]).toEqual([[3, 9], 3])
})

test('one that wants every run is called after each and asked again', () => {
  const components = new Components()
  let runs = 0
  components.add(() => ({
    everyRun: true,
    nextTick: () => runs,
    afterRun: () => {
      runs += 1
      return nothing
    },
  }))
  for (const run of [1, 2, 3]) {
    components.afterRun(0)
    expect(components.nextTick()).toBe(run)
  }
})

test('the earliest of all is due, and none without one', () => {
  const components = new Components()
  expect([components.nextAlarm(), components.nextTick()]).toEqual([null, null])
  for (const at of [null, 8, 4, 6]) components.add(() => ({ nextAlarm: () => at }))
  expect([components.nextAlarm(), components.nextTick()]).toEqual([4, null])
  expect(components.recomputed()).toEqual({ alarm: 4, tick: null })
})
