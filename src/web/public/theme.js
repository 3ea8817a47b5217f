// Applies what was chosen in this browser, the theme and the language, before the first paint.
const theme = localStorage.getItem('circles theme')
if (theme === 'light' || theme === 'dark') {
  document.documentElement.dataset.theme = theme
  const color = theme === 'dark' ? '#1a1b1e' : '#fdfdfb'
  for (const meta of document.querySelectorAll('meta[name="theme-color"]')) meta.content = color
}
const tags = [localStorage.getItem('circles language'), ...navigator.languages]
const tag = tags.find(tag => /^(ar|de|en)(-\w+)*$/.test(tag)) ?? 'en'
document.documentElement.lang = tag
if (/^ar/.test(tag)) document.documentElement.dir = 'rtl'
for (const link of document.querySelectorAll(`link[hreflang=${tag.slice(0, 2)}]`)) link.rel = 'modulepreload'
