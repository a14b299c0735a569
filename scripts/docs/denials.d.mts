export const DENIAL_PAGES: Readonly<
  Record<
    string,
    {
      readonly contracts: readonly string[]
      readonly rules: readonly string[]
      readonly see?: Readonly<Record<string, string>>
    }
  >
>
