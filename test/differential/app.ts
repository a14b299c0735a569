/** What an application is told, and what it tells. @module */
import type { RequestListener } from 'node:http'
import type { AnyFunction } from '@custom-authorizer/core'

/** How the guard stands in an application: once before everything, or on each route and each mounted router. */
export type Place = 'app' | 'routes'

interface GuardSpec {
  readonly authorize: AnyFunction
  readonly options: object
  readonly place: Place
}

/** One framework. */
export interface DifferentialApp {
  readonly name: string
  readonly ignoresCase: boolean
  /** Whether its router ignores a slash at the end. */
  readonly ignoresSlash: boolean
  /** Whether its router compares paths as they were sent. */
  readonly comparesRaw: boolean
  listener(guard: GuardSpec): RequestListener
}
