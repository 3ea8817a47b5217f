import { type Profiler, Session } from 'node:inspector'

const parser = /\/node_modules\/(?:micromark|mdast-util|unist-util)/

/**
 * Returns a function that parses a text as the page does, and counts how often the branches and loops of the parser run.
 * That is the same on every machine; one that is busy takes about 40 ns for each. The parser must not be loaded before.
 */
export async function stepCounter(): Promise<(text: string) => number> {
  const session = new Session()
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  const { markdownTree } = await import('../../../src/web/text/markdown-tree.ts')
  const run = (text: string) => void markdownTree(text)
  run('loads *everything*')
  return text => {
    takeCoverage(session)
    run(text)
    const scripts = takeCoverage(session).filter(({ url }) => parser.test(url))
    // The first range is the function itself, of which the runtime counts fewer once they are inlined.
    const blocks = scripts.flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges.slice(1)))
    return blocks.reduce((sum, { count }) => sum + count, 0)
  }
}

/** Returns what was counted since the last time. A session within the process answers at once. */
function takeCoverage(session: Session): Profiler.ScriptCoverage[] {
  let result: Profiler.ScriptCoverage[] = []
  session.post('Profiler.takePreciseCoverage', (error, answer) => {
    if (error !== null) throw error
    result = answer.result
  })
  return result
}
