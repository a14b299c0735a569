/** Members for compositions, and outcomes as short strings. @module */
import {
  type Authorizer,
  createAuthorizer,
  type KernelOptions,
  type Outcome,
  native,
  type NativeAuthorize,
  type NativeOptions,
} from '@custom-authorizer/core'

type Kernel = Partial<Omit<KernelOptions<NativeAuthorize, 'typed'>, 'contract'>>

/** A native authorizer that logs nothing. */
export const member = (authorize: NativeAuthorize, options: NativeOptions = {}, kernel: Kernel = {}): Authorizer =>
  createAuthorizer({ name: 'member', logger: null, ...kernel, authorize, contract: native(options) })

/** `allowed` with the principal ID, or the status with the body of a denial. */
export const describeOutcome = (outcome: Outcome<unknown>): string =>
  outcome.allowed ? `allowed ${outcome.authorizer.principalId}` : `${outcome.response.status} ${outcome.response.body}`

export const UNAUTHORIZED = '401 {"message":"Unauthorized"}'
export const FAILED = '500 {"message":"Internal Server Error"}'
export const UNAVAILABLE = '503 {"message":"Service Unavailable"}'
