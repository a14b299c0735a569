export const ERRORS: Readonly<
  Record<string, { readonly summary: string; readonly message: string; readonly cause: string; readonly fix: string }>
>
