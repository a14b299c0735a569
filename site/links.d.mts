/** Replaces the links of a page by those of the site. */
export function withSiteLinks(page: string, source: string, pages: ReadonlyMap<string, string>, root: string): string
/** Links and anchors of a built site that lead to nothing, and files of other hosts that a page loads, one line each. */
export function siteProblems(folder: string, base: string): readonly string[]
