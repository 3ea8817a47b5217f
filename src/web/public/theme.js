// Applies the theme that was chosen in this browser, before the first paint.
const theme = localStorage.getItem('circles theme')
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
