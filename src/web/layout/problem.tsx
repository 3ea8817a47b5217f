import type { ReactNode } from 'react'

/** A sentence about what is wrong, which a screen reader reads at once; nothing if there is none. */
export function Problem({ children }: { children: ReactNode }) {
  if (children === null) return null
  return (
    <p className="problem" role="alert">
      {children}
    </p>
  )
}
