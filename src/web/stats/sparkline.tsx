const width = 600
const height = 72
const gap = 2

/** Bars of the last minutes; what nobody watched is left blank. Said in words for those who do not see it. */
export function Sparkline({ values, label }: { values: readonly (number | null)[]; label: string }) {
  const most = Math.max(0.1, ...values.flatMap(value => value ?? []))
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
        const tall = value === null || value === 0 ? 0 : Math.max(2, (value / most) * (height - 4))
        // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
        return <rect key={index} x={index * step} y={height - 1 - tall} width={step - gap} height={tall} />
      })}
    </svg>
  )
}
