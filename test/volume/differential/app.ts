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
  /** Places at which the guard can stand. Default: all. */
  readonly places?: readonly Place[]
  /** Whether it serves every path, with the path itself as the template. Default `false`. */
  readonly servesAnything?: boolean
  /** Whether middleware takes `/legacy` away before the guard. Default `false`. */
  readonly rewrites?: boolean
  listener(guard: GuardSpec): RequestListener
}
