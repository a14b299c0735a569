import type { DenialRow, GATEWAY_RESPONSES } from '@custom-authorizer/core/contract'

export function generatedPages(
  denials: Readonly<Record<string, DenialRow>>,
  responses: typeof GATEWAY_RESPONSES,
): ReadonlyMap<string, string>
