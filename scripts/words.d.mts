export function wordProblems(path: string, text: string): readonly string[]
export function words(): number
