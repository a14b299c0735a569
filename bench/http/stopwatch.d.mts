export class Stopwatch {
  begin(): void
  resume(): void
  pause(): void
  latest(count: number): number[]
}

type Middleware = (request: object, response: object, next: (error?: unknown) => void) => void
type ContextMiddleware = (context: object, next: () => unknown) => unknown
type Read = (request: object) => unknown

export function timedMiddleware(guard: Middleware, stopwatch: Stopwatch | undefined): Middleware
export function timedWithContext(guard: ContextMiddleware, stopwatch: Stopwatch | undefined): ContextMiddleware
export function timedRead(read: Read | undefined, stopwatch: Stopwatch | undefined): Read | undefined
