import { expect, test } from 'vitest'
import { ErrorBoundary } from '../../../src/web/lib/error-boundary.tsx'

// A browser shows what becomes of the page (hostile.browser.test.ts); this is when what failed is tried again.

/** What a boundary shows, as React drives it: with these values of `retryOn`, and a child that fails once at the first. */
function shown(...values: unknown[]): unknown[] {
  const props = { fallback: 'fallback', children: 'children' }
  const boundary = new ErrorBoundary(props)
  let hasFailed = false
  return values.map(retryOn => {
    const update = (state: object | null) => Object.assign(boundary.state, state)
    update(ErrorBoundary.getDerivedStateFromProps({ ...props, retryOn }, boundary.state))
    if (!hasFailed) update(ErrorBoundary.getDerivedStateFromError())
    hasFailed = true
    update(ErrorBoundary.getDerivedStateFromProps({ ...props, retryOn }, boundary.state))
    return boundary.render()
  })
}

test('what cannot be shown is replaced, and is tried again only when what it shows has changed', () => {
  expect(shown('a', 'a', 'b')).toEqual(['fallback', 'fallback', 'children'])
  expect(shown(Number.NaN, Number.NaN)).toEqual(['fallback', 'fallback'])
})
