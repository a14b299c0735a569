export function manifestProblems(manifest: object, version: string): Iterable<string>
