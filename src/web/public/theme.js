// Applies the theme that was chosen in this browser, before the first paint.
const theme = localStorage.getItem('circles theme')
if (theme === 'light' || theme === 'dark') {
  document.documentElement.dataset.theme = theme
  const color = theme === 'dark' ? '#18191b' : '#fdfdfb'
  for (const meta of document.querySelectorAll('meta[name="theme-color"]')) meta.content = color
}
