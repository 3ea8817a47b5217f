// npm run cost: writes the computed parts of docs/cost.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { computed } from './document.ts'

const path = join(import.meta.dirname, '../../docs/cost.md')
writeFileSync(path, computed(readFileSync(path, 'utf8')))
console.log(`${path} is up to date.`)
