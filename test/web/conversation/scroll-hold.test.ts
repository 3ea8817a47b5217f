import { expect, test } from 'vitest'
import { ScrollHold } from '../../../src/web/conversation/scroll-hold.ts'

/** An element of 500 px with this much content, which keeps its position within its bounds as a browser does. */
function aScroller(height: number) {
  let top = 0
  let content = height
  return {
    clientHeight: 500,
    get scrollHeight() {
      return content
    },
    set scrollHeight(next: number) {
      content = next
      this.scrollTop = top
    },
    get scrollTop() {
      return top
    },
    set scrollTop(next: number) {
      top = Math.max(0, Math.min(next, content - this.clientHeight))
    },
  }
}

function atEnd() {
  const scroller = aScroller(2_000)
  const hold = new ScrollHold()
  hold.apply(scroller)
  hold.scrolled(scroller) // the event of that scroll
  return { scroller, hold }
}

test('the end is followed while rows are added, and the event of following it changes nothing', () => {
  const { scroller, hold } = atEnd()
  for (const height of [2_040, 2_041, 3_000, 2_500]) {
    scroller.scrollHeight = height
    hold.apply(scroller)
    hold.scrolled(scroller)
    expect([scroller.scrollTop, hold.isAtEnd]).toEqual([height - 500, true])
  }
})

test('the end is followed though rows became smaller and then larger before the event of that arrives', () => {
  const { scroller, hold } = atEnd()
  scroller.scrollHeight = 1_900
  hold.applyIfUnmoved(scroller)
  scroller.scrollHeight = 2_300
  hold.scrolled(scroller)
  expect(hold.isAtEnd).toBe(true)
  hold.apply(scroller)
  expect(scroller.scrollTop).toBe(1_800)
})

test('a reader who scrolls up stays there, also when rows are added before the event of their scroll arrives', () => {
  const { scroller, hold } = atEnd()
  scroller.scrollTop = 100
  scroller.scrollHeight = 2_600
  hold.applyIfUnmoved(scroller)
  expect(scroller.scrollTop).toBe(100)
  hold.scrolled(scroller)
  scroller.scrollHeight = 2_700
  hold.apply(scroller)
  hold.applyIfUnmoved(scroller)
  expect([scroller.scrollTop, hold.isAtEnd]).toEqual([100, false])
})

test('the first few pixels upwards are enough to leave a reply that grows with every frame', () => {
  const { scroller, hold } = atEnd()
  for (const frame of [1, 2, 3, 4]) {
    scroller.scrollTop -= 5
    hold.scrolled(scroller)
    scroller.scrollHeight += 20
    hold.apply(scroller)
    expect(scroller.scrollTop).toBe(1_500 - 5 * frame)
  }
})

test('a reader who scrolls down to the end, or close to it, follows it again', () => {
  const { scroller, hold } = atEnd()
  for (const [top, follows] of [
    [900, false],
    [1_300, false],
    [1_430, true],
  ] as const) {
    scroller.scrollTop = top
    hold.scrolled(scroller)
    expect(hold.isAtEnd).toBe(follows)
  }
})

test('a reader close to the end does not follow it because a message above grows and the position moves with it', () => {
  const { scroller, hold } = atEnd()
  scroller.scrollTop -= 60
  hold.scrolled(scroller)
  scroller.scrollHeight += 28
  scroller.scrollTop += 28 // by the virtualizer, so that what is read stays in view
  hold.apply(scroller)
  hold.scrolled(scroller)
  expect([scroller.scrollTop, hold.isAtEnd]).toEqual([1_468, false])
})

test('a row stays held when the list has moved the position along with it, before the event of that arrives', () => {
  const { scroller, hold } = atEnd()
  let top = 700
  hold.holdRow('m1')
  hold.apply(scroller, () => top)
  hold.scrolled(scroller)
  scroller.scrollHeight += 60 // a row was inserted above it
  scroller.scrollTop += 60
  hold.moved(60)
  hold.scrolled(scroller)
  top = 780
  hold.applyIfUnmoved(scroller, () => top)
  expect(scroller.scrollTop).toBe(780)
})

test('content that shrinks leaves the end held', () => {
  const { scroller, hold } = atEnd()
  scroller.scrollHeight = 1_200
  hold.scrolled(scroller)
  expect(hold.isAtEnd).toBe(true)
})

test('a row is held in view until the reader scrolls away from it', () => {
  const { scroller, hold } = atEnd()
  let top = 700
  hold.holdRow('m1')
  hold.apply(scroller, () => top)
  hold.scrolled(scroller)
  top = 760 // rows above it were measured
  hold.apply(scroller, () => top)
  expect(scroller.scrollTop).toBe(760)
  scroller.scrollTop = 600
  hold.scrolled(scroller)
  hold.apply(scroller, () => top)
  expect([scroller.scrollTop, hold.isAtEnd]).toEqual([600, false])
})

test('a row that is not loaded moves nothing, and letting go of a row does not let go of the end', () => {
  const { scroller, hold } = atEnd()
  hold.holdRow('gone')
  hold.apply(scroller, () => null)
  expect(scroller.scrollTop).toBe(1_500)
  hold.holdEnd()
  hold.holdRow(null)
  expect(hold.isAtEnd).toBe(true)
})
