export type Series = { name: string; labels: Record<string, string>; value: number }

/** Reads Prometheus' text format strictly: whatever its own parser would refuse throws. */
export function parseMetrics(text: string): Series[] {
  if (!text.endsWith('\n')) throw new Error('the last line must end, too')
  const types = new Map<string, string>()
  const helped = new Set<string>()
  const seen = new Set<string>()
  const series: Series[] = []
  for (const line of text.slice(0, -1).split('\n')) {
    const [, comment, of = '', rest = ''] = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line) ?? []
    if (comment === 'HELP' && !helped.has(of)) helped.add(of)
    else if (comment === 'TYPE' && !types.has(of) && /^(counter|gauge)$/.test(rest)) types.set(of, rest)
    else if (comment !== undefined) throw new Error(`said twice, or no type: ${line}`)
    else {
      const one = readSample(line)
      const key = JSON.stringify([one.name, one.labels])
      if (seen.has(key)) throw new Error(`a series twice: ${line}`)
      if (!helped.has(one.name) || !types.has(one.name)) throw new Error(`without HELP or TYPE: ${line}`)
      if ((types.get(one.name) === 'counter') !== one.name.endsWith('_total')) throw new Error(`a counter?: ${line}`)
      seen.add(key)
      series.push(one)
    }
  }
  return series
}

function readSample(line: string): Series {
  const [, name, inside = '', value = ''] =
    /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?\d+(?:\.\d+)?)$/.exec(line) ?? []
  if (name === undefined) throw new Error(`no sample: ${line}`)
  const labels: Record<string, string> = {}
  let rest = inside
  while (rest !== '') {
    const [whole, label, text = ''] =
      /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,(?=.)|$)/.exec(rest) ?? []
    if (whole === undefined || label === undefined) throw new Error(`no labels: ${line}`)
    labels[label] = text.replace(/\\(.)/g, (_, letter) => (letter === 'n' ? '\n' : letter))
    rest = rest.slice(whole.length)
  }
  return { name, labels, value: Number(value) }
}
