import { relayTables } from './relays.ts'
import { tables } from './tables.ts'

const all: Record<string, () => string> = { ...tables, ...relayTables }

/** Returns a document with its computed parts, between `<!-- computed: name -->` and `<!-- end -->`, up to date. */
export function computed(document: string): string {
  return document.replace(/(<!-- computed: (\w+) -->\n)[\s\S]*?(\n<!-- end -->)/g, (_, begin, name, end) => {
    const table = all[name]
    if (table === undefined) throw new Error(`there is no table ${name}, only ${Object.keys(all).join(', ')}`)
    return `${begin}\n${table()}\n${end}`
  })
}
