// Runs before the first paint, so that a page chosen dark does not flash white. A file of its own because the
// content security policy allows no inline script.
try {
  const chosen = localStorage.getItem('spintrack.colour-scheme')
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
} catch {
  // Storage is switched off: the page follows the system once it has loaded.
}
