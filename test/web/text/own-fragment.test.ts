import { expect, test } from 'vitest'
import { withoutOwnFragment } from '../../../src/web/text/own-fragment.ts'

const page = 'https://circles.test/c/lobby'

test('an address of this page loses its fragment, however it is written', () => {
  const written = [
    '/c/x#token=t',
    '#token=t',
    '#user-content-fn-1&token=t',
    'x#invitation=i',
    '?#token=t',
    '//circles.test/c/x#token=t',
    'https://circles.test/c/x#token=t',
    'https://circles.test:443/c/x#token=t',
    'HTTPS://CIRCLES.TEST/#token=t',
    'https:/c/x#token=t',
    'https:\\\\circles.test/#token=t',
    'https://ada@circles.test/#token=t',
    '\t/c/x#token=t',
    'https://circles.test./c/x#token=t',
    'http://circles.test/c/x#token=t',
    '/c/x##token=t',
  ]
  for (const address of written) expect(withoutOwnFragment(address, page), address).not.toContain('#')
  expect(withoutOwnFragment('/c/x?a=b#token=t', page)).toBe('https://circles.test/c/x?a=b')
})

test('other addresses stay as they are', () => {
  for (const address of ['https://elsewhere.test/a#b', '/c/x', '', 'mailto:a@b.c', 'https://[#', 'https://a.test#b']) {
    expect(withoutOwnFragment(address, page)).toBe(address)
  }
})
