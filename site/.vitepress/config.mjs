// The documentation site. Its pages are written to `pages/` by `pages.mjs`, its reference by TypeDoc.
import { defineConfig } from 'vitepress'
import { sidebar } from './sidebar.mjs'

const REPOSITORY = 'https://github.com/custom-authorizer/custom-authorizer'

/** The anchor of a heading on GitHub, so that one link works in both places. */
const slugify = (heading) =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

/** Vue reads braces in code, such as `{{resolve:ssm:…}}`, as an expression. */
const withoutExpressions = (md) => {
  const { code_inline: render } = md.renderer.rules
  md.renderer.rules.code_inline = (...args) => render(...args).replace('<code', '<code v-pre')
}

/** Pages whose tables need the width of the outline. */
const WIDE = new Set(['gateway-settings.md', 'options.md'])

export default defineConfig({
  title: 'custom-authorizer',
  description: 'Run AWS Lambda authorizers and Huawei APIG custom authorizers inside your Express, Koa or Hono service',
  lang: 'en',
  base: '/custom-authorizer/',
  srcDir: 'pages',
  cleanUrls: true,
  markdown: { anchor: { slugify }, toc: { slugify }, headers: { slugify }, config: withoutExpressions },
  transformPageData: ({ relativePath, frontmatter }) =>
    WIDE.has(relativePath) ? { frontmatter: { ...frontmatter, aside: false } } : undefined,
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/start/express' },
      { text: 'Options', link: '/options' },
      { text: 'API', link: '/api/' },
      { text: 'Specification', link: '/specification/' },
    ],
    sidebar,
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
  },
})
