import { join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'

const folder = join(import.meta.dirname, '../src/web')
const parts = ['first', 'more']

/**
 * A plugin for Vite that writes the keys of messages as numbers, in the sources and in the catalogues: a key would be sent
 * twice otherwise. The codes of the server stay as they are.
 */
export async function compactWords() {
  const load = async (language, part) => {
    const { words } = await import(pathToFileURL(join(folder, 'words', language, `${part}.ts`)).href)
    return words
  }
  const isKept = key => /^(error|cause)\./.test(key)
  const keys = {}
  for (const part of parts) keys[part] = Object.keys(await load('en', part)).filter(key => !isKept(key))
  const numbers = new Map([...keys.first, ...keys.more].map((key, number) => [key, number]))
  return {
    name: 'compact-words',
    apply: 'build',
    enforce: 'pre',
    async transform(code, id) {
      const [path] = id.split('?')
      if (!path.startsWith(folder + sep) || !/\.tsx?$/.test(path)) return null
      const [, language, part] = /\/words\/(\w+)\/(first|more)\.ts$/.exec(path.replaceAll(sep, '/')) ?? []
      if (language === undefined)
        return { code: code.replace(/'(\w+\.\w+)'/g, (text, key) => numbers.get(key) ?? text), map: null }
      const words = await load(language, part)
      const values = keys[part].map(key => words[key])
      const kept = Object.fromEntries(Object.entries(words).filter(([key]) => isKept(key)))
      const before = part === 'first' ? 0 : keys.first.length
      return {
        code: `export const words = Object.assign(Array(${before}).concat(${JSON.stringify(values)}), ${JSON.stringify(kept)})`,
        map: null,
      }
    },
    /** Names the first words of each language in the document, so that they are asked for before the script has come. */
    transformIndexHtml: {
      order: 'post',
      handler(_, { bundle = {} }) {
        const found = Object.values(bundle).flatMap(({ fileName }) => {
          const [, language] = /\/words-(\w+)-first-/.exec(fileName) ?? []
          return language === undefined ? [] : [{ language, href: `/${fileName}` }]
        })
        return found.map(({ language, href }) => ({
          tag: 'link',
          attrs: { hreflang: language, href },
          injectTo: 'head-prepend',
        }))
      },
    },
  }
}

/** Names the chunk of a catalogue after its language. */
export function chunkName({ facadeModuleId, name }) {
  const [, language, part] = /\/words\/(\w+)\/(first|more)\.ts$/.exec(facadeModuleId?.replaceAll(sep, '/') ?? '') ?? []
  return `assets/${language === undefined ? name : `words-${language}-${part}`}-[hash].js`
}
