// npm run cost: writes the computed parts of docs/cost.md and docs/scale.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { computed } from './document.ts'

for (const name of ['cost.md', 'scale.md']) {
  const path = join(import.meta.dirname, '../../docs', name)
  writeFileSync(path, computed(readFileSync(path, 'utf8')))
  console.log(`${path} is up to date.`)
}
