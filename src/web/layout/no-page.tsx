import { useEffect } from 'react'
import { NavLink } from '../nav/nav-link.tsx'

/** Says that nothing is at this address. */
export function NoPage() {
  useEffect(() => {
    document.title = 'No such page · Circles'
  }, [])
  return (
    <main className="join">
      <div className="no-page">
        <h1>There is no such page</h1>
        <p>The name of a circle consists of lower-case letters, digits, dots and dashes: /c/dev-team.</p>
        <NavLink href="/">Go to your circles</NavLink>
      </div>
    </main>
  )
}
