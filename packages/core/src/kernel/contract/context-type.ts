/** The type of the context, inferred from the authorizer function. @module */
import type { AnyFunction, ContextValues } from './contract.ts'

type Returned<TAuthorize extends AnyFunction> = Awaited<ReturnType<TAuthorize>>

// `any` and `unknown` (callback-style handlers, plain JavaScript) do not describe the context.
type IsUntyped<T> = unknown extends T ? true : false

// `object`, the context type of an authorizer in general, allows any members; `{}` allows none.
type OpenIfObject<T> = object extends T ? (string extends T ? T : Record<string, unknown>) : T

type RawContext<TReturned> =
  IsUntyped<TReturned> extends true
    ? Record<string, unknown>
    : TReturned extends { isAuthorized: false }
      ? never
      : TReturned extends { context?: infer TContext }
        ? unknown extends TContext
          ? Record<string, unknown>
          : OpenIfObject<Exclude<TContext, null | undefined>>
        : TReturned extends boolean
          ? Record<never, never>
          : TReturned extends object
            ? Record<never, never>
            : never

type OrOpen<T> = [T] extends [never] ? Record<string, unknown> : T

// A value that may be `null` is delivered as `null` (AWS-OUT-13).
type TextOf<TValue> = null extends TValue ? string | null : string

type AsText<TContext> = string extends keyof TContext
  ? Record<string, TextOf<TContext[keyof TContext]>>
  : { [K in keyof TContext]: TextOf<TContext[K]> }

/** The context that handlers receive from an authorizer function under a contract with these context values. */
export type ContextOf<TAuthorize extends AnyFunction, TValues extends ContextValues> = TValues extends 'text'
  ? AsText<OrOpen<RawContext<Returned<TAuthorize>>>>
  : OrOpen<RawContext<Returned<TAuthorize>>>
