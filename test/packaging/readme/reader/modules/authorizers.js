// Native authorizers as a reader has them.
import { unauthorized } from '@custom-authorizer/core'

/** @param {import('@custom-authorizer/core').GatewayRequest} request */
export const bySession = (request) => (request.cookie('session') === '5b0e' ? true : unauthorized())

/** @param {import('@custom-authorizer/core').GatewayRequest} request */
export const byCookieOrKey = (request) => request.header('x-api-key') === 'k-1' || bySession(request)
