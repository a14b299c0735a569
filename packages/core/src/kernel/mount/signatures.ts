/** The call signatures that every adapter shares. @module */
import type { Authorizer } from '../authorizer/authorizer.ts'
import type { KernelOptions } from '../authorizer/options.ts'
import type { ContextOf } from '../contract/context-type.ts'
import type { AnyFunction, ContextValues } from '../contract/contract.ts'
import type { NativeAuthorize } from '../native/answers.ts'
import type { MountOptions } from './options.ts'

/**
 * Names the middleware type of a framework: `middleware` is the type for an authorizer with the context type `context`.
 *
 * @example
 * interface ExpressMiddleware extends MiddlewareType {
 *   readonly middleware: AuthorizerMiddleware<this['context']>
 * }
 */
export interface MiddlewareType {
  readonly context: unknown
  readonly middleware: unknown
}

/** The middleware of a framework for one context type. */
export type MiddlewareOf<T extends MiddlewareType, TContext> = (T & { readonly context: TContext })['middleware']

/** `customAuthorizer` of an adapter. */
export interface CustomAuthorizer<T extends MiddlewareType, TOptions = MountOptions> {
  /**
   * @param authorize an authorizer function
   * @param options the options of `createAuthorizer`, and those of the mount
   * @throws {AuthorizerError} `ERR_OPTION` if an option is invalid; never while a request is handled
   */
  <
    TAuthorize extends TContract,
    TContract extends AnyFunction = NativeAuthorize,
    TValues extends ContextValues = 'typed',
  >(
    authorize: TAuthorize,
    options?: TOptions & KernelOptions<TContract, TValues>,
  ): MiddlewareOf<T, ContextOf<TAuthorize, TValues>>
  /**
   * @param authorizer what `createAuthorizer` returns; several mounts can share it, and its cache
   * @param options the options of the mount
   * @throws {AuthorizerError} `ERR_OPTION` if an option is invalid; never while a request is handled
   */
  <TContext>(authorizer: Authorizer<TContext>, options?: TOptions): MiddlewareOf<T, TContext>
}

/** The arguments of `customAuthorizer`, as an implementation receives them. */
export type Guarded = AnyFunction | Authorizer
