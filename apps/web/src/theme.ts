import { type CSSVariablesResolver, createTheme, localStorageColorSchemeManager } from '@mantine/core'
import { texts } from './texts.ts'

/** One accent, a warm vermilion, on paper-like neutrals. Everything else is said by space and weight. */
export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 7 },
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Open Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
  headings: { fontWeight: '650' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  colors: {
    accent: [
      '#fff1ea',
      '#ffe0d1',
      '#ffbfa3',
      '#ff9a70',
      '#fb7f4c',
      '#f2602a',
      '#e24c15',
      '#c43c0a',
      '#a33208',
      '#7c2609',
    ],
    gray: [
      '#faf8f5',
      '#f3f0eb',
      '#e9e4dd',
      '#dcd6cd',
      '#c4bcb1',
      '#8c8378',
      '#6b6359',
      '#4d4740',
      '#332e29',
      '#1e1a17',
    ],
    dark: [
      '#ece8e3',
      '#cfc9c1',
      '#aaa298',
      '#857d73',
      '#4a4540',
      '#332f2b',
      '#211e1b',
      '#161413',
      '#100e0d',
      '#0a0909',
    ],
  },
  // Plain objects, as `Modal.extend` would fetch the modal with the first page.
  components: {
    Button: { defaultProps: { fw: 600 } },
    InputWrapper: { defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
    Drawer: { defaultProps: { position: 'right', size: 440, closeButtonProps: { 'aria-label': texts.close } } },
    // The placeholder is no item, which a menu may not have.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Modal: { defaultProps: { centered: true, closeButtonProps: { 'aria-label': texts.close } } },
  },
})

/** The surfaces and the few shades Mantine leaves too faint for WCAG AA on them. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#faf8f5',
    '--mantine-color-text': '#1e1a17',
    '--mantine-color-dimmed': '#6b6359',
    '--mantine-color-placeholder': '#6b6359',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-anchor': '#b23608',
    '--mantine-color-default-border': '#c4bcb1',
    '--surface': '#ffffff',
    '--hairline': '#e9e4dd',
    '--wash': '#f3f0eb',
    '--accent-ink': '#b23608',
    '--accent-wash': '#fff1ea',
    '--control-border': '#8c8378',
  },
  dark: {
    '--mantine-color-body': '#161413',
    '--mantine-color-text': '#ece8e3',
    '--mantine-color-dimmed': '#aaa298',
    '--mantine-color-placeholder': '#aaa298',
    '--mantine-color-error': '#ff8a80',
    '--mantine-color-anchor': '#fb8f60',
    '--mantine-color-default-border': '#4a4540',
    '--surface': '#1e1b19',
    '--hairline': '#332f2b',
    '--wash': '#262320',
    '--accent-ink': '#fb8f60',
    '--accent-wash': '#3a2118',
    '--control-border': '#857d73',
  },
})

export const colourScheme = localStorageColorSchemeManager({ key: 'spintrack.colour-scheme' })
