import type { Contract } from '@custom-authorizer/core'
import type { Denial, DenialRow, GATEWAY_RESPONSES } from '@custom-authorizer/core/contract'

export function generatedPages(
  denials: Readonly<Record<string, DenialRow>>,
  responses: typeof GATEWAY_RESPONSES,
  contracts: ReadonlyMap<
    string,
    { readonly contract: Pick<Contract, 'respond'>; readonly call: Pick<Denial, 'request' | 'clock'> }
  >,
): ReadonlyMap<string, string>
