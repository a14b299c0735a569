/** Types by inference: the user's own function says what the context holds. @module */
import type { AnyFunction, ContextValues } from './contract.ts'

type Answer<TAuthorize extends AnyFunction> = Awaited<ReturnType<TAuthorize>>

// `any` and `unknown` (callback-style handlers, plain JavaScript) say nothing about the context.
type IsUntyped<T> = unknown extends T ? true : false

// `object`, which the type of authorizers in general says, is any object; `{}` has no members.
type OpenIfObject<T> = object extends T ? (string extends T ? T : Record<string, unknown>) : T

type RawContext<TAnswer> =
  IsUntyped<TAnswer> extends true
    ? Record<string, unknown>
    : TAnswer extends { isAuthorized: false }
      ? never
      : TAnswer extends { context?: infer TContext }
        ? unknown extends TContext
          ? Record<string, unknown>
          : OpenIfObject<Exclude<TContext, null | undefined>>
        : TAnswer extends boolean
          ? Record<never, never>
          : TAnswer extends object
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
  ? AsText<OrOpen<RawContext<Answer<TAuthorize>>>>
  : OrOpen<RawContext<Answer<TAuthorize>>>
