import { expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { release } from '../../src/protocol/version.ts'

test('the release of the server is the version of the package', () => {
  expect(manifest.version).toBe(release)
})
