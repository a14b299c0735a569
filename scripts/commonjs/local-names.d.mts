export function withLocalNames(code: string): string
export function checkCircles(imports: ReadonlyMap<string, readonly string[]>): void
