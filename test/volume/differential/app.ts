/** The interface of an application under test. @module */
import type { RequestListener } from 'node:http'
import type { AnyFunction } from '@custom-authorizer/core'

/** Whether the guard runs before the whole application, or on each route and mounted router. */
export type Place = 'app' | 'routes'

interface GuardSpec {
  readonly authorize: AnyFunction
  readonly options: object
  readonly place: Place
}

/** An application, and how it compares paths. */
export interface DifferentialApp {
  readonly name: string
  readonly ignoresCase: boolean
  /** Whether its router ignores a trailing slash. */
  readonly ignoresSlash: boolean
  /** Whether its router compares undecoded paths. */
  readonly comparesRaw: boolean
  /** Places where the guard can run. Default: all. */
  readonly places?: readonly Place[]
  /** Whether it serves every path and reports the path as the template. Default `false`. */
  readonly servesAnything?: boolean
  /** Whether middleware removes the prefix `/legacy` before the guard. Default `false`. */
  readonly rewrites?: boolean
  listener(guard: GuardSpec): RequestListener
}
