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
/** Names of a module whose type, or whose result, has decayed to `any`. Type parameters are at their bounds here. */
type Decayed<TModule> = {
  [K in keyof TModule]: IsAny<TModule[K]> extends true ? K : IsAny<Result<TModule[K]>> extends true ? K : never
}[keyof TModule]
/** Names of members of a type that have decayed to `any`. */
type DecayedMembers<T> = { [K in keyof T]-?: IsAny<T[K]> extends true ? K : never }[keyof T]

test('the check sees what it looks for', () => {
  type Module = { a: ReturnType<typeof JSON.parse>; b: typeof JSON.parse; c: string; d: () => string }
  expectTypeOf<Decayed<Module>>().toEqualTypeOf<'a' | 'b'>()
  expectTypeOf<DecayedMembers<Module>>().toEqualTypeOf<'a'>()
})

test('no export has decayed to any', () => {
  expectTypeOf<Decayed<typeof core>>().toBeNever()
  expectTypeOf<Decayed<typeof aws>>().toBeNever()
  expectTypeOf<Decayed<typeof web>>().toBeNever()
  expectTypeOf<Decayed<typeof node>>().toBeNever()
  expectTypeOf<Decayed<typeof express>>().toBeNever()
  expectTypeOf<Decayed<typeof koa>>().toBeNever()
  expectTypeOf<Decayed<typeof hono>>().toBeNever()
})

test('no member of what users hold has decayed to any', () => {
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
