/** One sample of a Prometheus text. */
type Series = { name: string; labels: Record<string, string>; value: number }

/** Parses the Prometheus text format strictly: throws on everything that the parser of Prometheus refuses. */
export function parseMetrics(text: string): Series[] {
  if (!text.endsWith('\n')) throw new Error('the last line must end with a line break')
  const types = new Map<string, string>()
  const helped = new Set<string>()
  const seen = new Set<string>()
  const series: Series[] = []
  for (const line of text.slice(0, -1).split('\n')) {
    const [, comment, of = '', rest = ''] = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line) ?? []
    if (comment === 'HELP' && !helped.has(of)) helped.add(of)
    else if (comment === 'TYPE' && !types.has(of) && /^(counter|gauge)$/.test(rest)) types.set(of, rest)
    else if (comment !== undefined) throw new Error(`a repeated comment, or an unknown type: ${line}`)
    else {
      const one = readSample(line)
      const key = JSON.stringify([one.name, one.labels])
      if (seen.has(key)) throw new Error(`a repeated series: ${line}`)
      if (!helped.has(one.name) || !types.has(one.name)) throw new Error(`without HELP or TYPE: ${line}`)
      if ((types.get(one.name) === 'counter') !== one.name.endsWith('_total'))
        throw new Error(`only counters end with _total: ${line}`)
      seen.add(key)
      series.push(one)
    }
  }
  return series
}

function readSample(line: string): Series {
  const [, name, inside = '', value = ''] =
    /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?\d+(?:\.\d+)?)$/.exec(line) ?? []
  if (name === undefined) throw new Error(`not a sample: ${line}`)
  const labels: Record<string, string> = {}
  let rest = inside
  while (rest !== '') {
    const [whole, label, text = ''] =
      /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,(?=.)|$)/.exec(rest) ?? []
    if (whole === undefined || label === undefined) throw new Error(`invalid labels: ${line}`)
    labels[label] = text.replace(/\\(.)/g, (_, letter) => (letter === 'n' ? '\n' : letter))
    rest = rest.slice(whole.length)
  }
  return { name, labels, value: Number(value) }
}
