const width = 600
const height = 72
const gap = 2

/** A bar chart; null leaves a gap. `label` describes it for screen readers. */
export function Sparkline({ values, label }: { values: readonly (number | null)[]; label: string }) {
  const max = Math.max(0.1, ...values.flatMap(value => value ?? []))
  const step = width / values.length
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <line x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} />
      {values.map((value, index) => {
        const barHeight = value === null || value === 0 ? 0 : Math.max(2, (value / max) * (height - 4))
        // biome-ignore lint/suspicious/noArrayIndexKey: a bar has no identity but its position
        return <rect key={index} x={index * step} y={height - 1 - barHeight} width={step - gap} height={barHeight} />
      })}
    </svg>
  )
}
