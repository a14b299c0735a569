/** No export and no public member has the type `any`. */
import type * as core from '@custom-authorizer/core'
import type * as aws from '@custom-authorizer/core/aws'
import type * as web from '@custom-authorizer/core/fetch'
import type * as node from '@custom-authorizer/core/node'
import type * as express from '@custom-authorizer/express'
import type * as hono from '@custom-authorizer/hono'
import type * as koa from '@custom-authorizer/koa'
import { expectTypeOf, test } from 'vitest'

type IsAny<T> = 0 extends 1 & T ? true : false
type Result<T> = T extends (...args: never[]) => infer TResult ? TResult : never
/** Exports of a module whose type or result is `any`. Type parameters are at their bounds. */
type Decayed<TModule> = {
  [K in keyof TModule]: IsAny<TModule[K]> extends true ? K : IsAny<Result<TModule[K]>> extends true ? K : never
}[keyof TModule]
/** Members of a type that are `any`. */
type DecayedMembers<T> = { [K in keyof T]-?: IsAny<T[K]> extends true ? K : never }[keyof T]

test('the check detects any', () => {
  type Module = { a: ReturnType<typeof JSON.parse>; b: typeof JSON.parse; c: string; d: () => string }
  expectTypeOf<Decayed<Module>>().toEqualTypeOf<'a' | 'b'>()
  expectTypeOf<DecayedMembers<Module>>().toEqualTypeOf<'a'>()
})

test('no export has the type any', () => {
  expectTypeOf<Decayed<typeof core>>().toBeNever()
  expectTypeOf<Decayed<typeof aws>>().toBeNever()
  expectTypeOf<Decayed<typeof web>>().toBeNever()
  expectTypeOf<Decayed<typeof node>>().toBeNever()
  expectTypeOf<Decayed<typeof express>>().toBeNever()
  expectTypeOf<Decayed<typeof koa>>().toBeNever()
  expectTypeOf<Decayed<typeof hono>>().toBeNever()
})

test('no member of a public type has the type any', () => {
  expectTypeOf<DecayedMembers<core.Authorizer<{ role: string }>>>().toBeNever()
  expectTypeOf<DecayedMembers<core.GatewayRequest>>().toBeNever()
  expectTypeOf<DecayedMembers<core.Decision>>().toBeNever()
  expectTypeOf<DecayedMembers<core.Explanation>>().toBeNever()
  expectTypeOf<DecayedMembers<core.Denied>>().toBeNever()
  expectTypeOf<DecayedMembers<core.Allowed>>().toBeNever()
  expectTypeOf<DecayedMembers<core.AuthorizerContext>>().toBeNever()
  expectTypeOf<DecayedMembers<core.Contract>>().toBeNever()
  expectTypeOf<DecayedMembers<core.MountOptions>>().toBeNever()
  expectTypeOf<DecayedMembers<core.NativeOptions>>().toBeNever()
  expectTypeOf<DecayedMembers<aws.TokenOptions>>().toBeNever()
  expectTypeOf<DecayedMembers<aws.RequestOptions>>().toBeNever()
  expectTypeOf<DecayedMembers<aws.TokenEvent>>().toBeNever()
  expectTypeOf<DecayedMembers<aws.RequestEvent>>().toBeNever()
  expectTypeOf<DecayedMembers<aws.LambdaContext>>().toBeNever()
})
