import { expect, test } from 'vitest'
import { uiStyles } from '../../scripts/ui-styles.mjs'

const css: string = uiStyles()

test('every selector of the style sheet of the components is whole, and within their class', () => {
  const selectors = [...css.matchAll(/(?:^|[{}])\s*((?!@)[^{}@;]+)\{/g)].flatMap(([, list = '']) => list.split(/,\n/))
  expect(selectors.length).toBeGreaterThan(200)
  const count = (text: string, character: string) => text.split(character).length - 1
  expect(selectors.filter(one => count(one, '(') !== count(one, ')'))).toEqual([])
  const isStep = (one: string) => /^\s*(from|to|\d+%)/.test(one) // of an animation
  expect(selectors.filter(one => !one.includes('circles') && !isStep(one))).toEqual([])
})

test('what only the page has is left out', () => {
  expect(css).not.toContain('circle-list')
})
