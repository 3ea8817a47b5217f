// What F6 goes through, in this order: the list of circles, the conversation, the composer, the panel.
const regions = ['.sidebar', '[role="log"]', '.channel-page .composer', '.panel']

/** Moves the focus to the next part of the page that is shown, or to the one before. */
export function moveBetweenRegions(step: 1 | -1): void {
  const shown = regions
    .map(selector => document.querySelector<HTMLElement>(selector))
    .filter(region => region?.checkVisibility())
  const at = shown.findIndex(region => region?.contains(document.activeElement))
  const next = shown[at < 0 ? 0 : (at + step + shown.length) % shown.length]
  if (next) (firstIn(next) ?? next).focus()
}

function firstIn(region: HTMLElement): HTMLElement | null {
  if (region.tabIndex >= 0) return region
  const stops = region.querySelectorAll<HTMLElement>(
    'textarea:enabled, input:enabled, [tabindex="0"], a[href], button:enabled',
  )
  return region.querySelector<HTMLElement>('[aria-current]') ?? [...stops].find(stop => stop.checkVisibility()) ?? null
}
