interface Group {
  readonly text: string
  readonly items: readonly { readonly text: string; readonly link: string }[]
}

/** The sidebar by the beginning of a page's address. */
export const sidebar: Readonly<Record<string, readonly Group[]>>
