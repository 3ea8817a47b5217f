import type { ComponentProps, MouseEvent } from 'react'
import { navigate } from './route.ts'

/** A link within the page: it can be opened in a tab and copied, and navigates without a page load. */
export function NavLink({ href, ...rest }: ComponentProps<'a'> & { href: string }) {
  const onClick = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    navigate(href)
  }
  return <a href={href} onClick={onClick} {...rest} />
}
