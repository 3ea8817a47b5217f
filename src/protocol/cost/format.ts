/** Formats an amount for people. Most are fractions of a cent, so two digits are always shown. */
export function formatDollars(dollars: number): string {
  if (dollars === 0) return '$0'
  if (dollars < 0.0001) return 'under $0.0001'
  return `$${dollars >= 1 ? dollars.toFixed(2) : String(Number(dollars.toPrecision(2)))}`
}
