import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const folder = join(import.meta.dirname, '../../../src/web/style')
const tokens = readFileSync(join(folder, 'tokens.css'), 'utf8')

/** The colours of each theme: light, dark by preference, dark by choice. */
const themes = [...tokens.matchAll(/\{([^{}]*--paper[^{}]*)\}/g)].map(
  ([, body = '']) => new Map([...body.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex])),
)

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(at => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(theme: Map<string | undefined, string | undefined>, one: string, other: string): number {
  const [light = 0, dark = 0] = [one, other].map(name => luminance(theme.get(name) ?? '')).toSorted((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

test('edges of fields, and the mark of the selected circle, stand out by 3:1 from what is around them', () => {
  expect(themes.length).toBe(3)
  for (const theme of themes) {
    for (const around of ['paper', 'sunk', 'raised']) {
      expect(contrast(theme, 'field-edge', around)).toBeGreaterThanOrEqual(3)
      expect(contrast(theme, 'accent', around)).toBeGreaterThanOrEqual(3)
    }
  }
})

test('text can be read on every background it stands on: 4.5:1', () => {
  const pairs = [
    ...['paper', 'sunk', 'raised', 'hover', 'wash', 'mark'].flatMap(around => [
      ['ink', around],
      ['soft', around],
    ]),
    ['bad', 'bad-wash'],
    ['warn', 'warn-wash'],
    ['accent', 'wash'],
    ['on-accent', 'accent'],
  ] as const
  for (const theme of themes) {
    for (const [text = '', around = ''] of pairs) expect(contrast(theme, text, around)).toBeGreaterThanOrEqual(4.5)
  }
})

test('whoever wants less motion gets none: every animation and transition is for those who do not', () => {
  for (const file of readdirSync(folder)) {
    const [always = ''] = readFileSync(join(folder, file), 'utf8').split(
      '@media (prefers-reduced-motion: no-preference)',
    )
    expect([file, always.match(/(?:animation|transition)(?:-\w+)*:[^;]*/g)]).toEqual([file, null])
  }
})
