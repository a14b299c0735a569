/** Authorizers and steps for tests of `shadow`. @module */
import {
  allow,
  type Authorizer,
  createAuthorizer,
  type Difference,
  type DifferenceKind,
  type NativeAnswer,
  type ShadowAuthorizer,
  shadow,
  type ShadowOptions,
} from '@custom-authorizer/core'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { flushMicrotasks } from '../../../support/deferred.ts'
import { withToken } from '../../../support/with-token.ts'

/** An authorizer whose function returns this, or calls this. */
export const returning = (answer: unknown, name = 'current'): Authorizer =>
  createAuthorizer({
    name,
    logger: null,
    authorize: (typeof answer === 'function' ? answer : () => answer) as () => NativeAnswer,
  })

/** A result that allows. */
export const ann = (context: Record<string, unknown> = {}, principalId = 'ann'): NativeAnswer =>
  allow({ principalId, context: context as never })

export interface Setup {
  readonly clock: FakeClock
  readonly authorizer: ShadowAuthorizer
  readonly differences: Difference[]
  /** Runs the candidates that wait, to their ends. */
  readonly settle: () => Promise<void>
  /** Evaluates one request and runs the candidate. */
  readonly compareOnce: (request?: ReturnType<typeof withToken>) => Promise<void>
  readonly kinds: () => readonly DifferenceKind[]
}

/** A comparison with a clock that only the test moves. */
export const setUp = (options: Partial<ShadowOptions> & Pick<ShadowOptions, 'candidate'>): Setup => {
  const clock = fakeClock()
  const differences: Difference[] = []
  const authorizer = shadow({
    enforce: returning(ann()),
    clock,
    onDifference: (difference) => void differences.push(difference),
    ...options,
  })
  const settle = async (): Promise<void> => {
    await flushMicrotasks()
    clock.advanceSync(0)
    await flushMicrotasks()
  }
  return {
    clock,
    authorizer,
    differences,
    settle,
    compareOnce: async (request = withToken('Bearer t')) => {
      await authorizer.evaluate(request)
      await settle()
    },
    kinds: () => authorizer.comparison().differences.map(({ kind }) => kind),
  }
}
