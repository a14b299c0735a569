// An authorizer of an HTTP API with simple responses, as a reader has one.

/** @param {import('@custom-authorizer/core/aws').HttpRequestEvent} event */
export const handler = async ({ headers = {} }) => ({
  isAuthorized: headers.authorization === 'Bearer ann',
  context: { user: 'ann' },
})
