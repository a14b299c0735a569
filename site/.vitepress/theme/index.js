// The default theme without its web font: pages load nothing from other hosts and use the fonts of the system.
import DefaultTheme from 'vitepress/theme-without-fonts'
// oxlint-disable-next-line no-unassigned-import -- a style sheet exports nothing
import './style.css'

export default DefaultTheme
