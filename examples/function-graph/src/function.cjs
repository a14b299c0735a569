/**
 * A function for custom authentication as deployed to FunctionGraph (handler `function.handler`). It compares Basic credentials
 * with the user data of the authorizer. Nothing in this file is specific to this library.
 */
const { createHash, timingSafeEqual } = require('node:crypto')

const digest = (text) => createHash('sha256').update(text).digest()

/** `alice:secret` as `Basic YWxpY2U6c2VjcmV0`. */
const credentialsOf = (authorization) => {
  const [, encoded] = /^Basic (\S+)$/.exec(authorization) ?? []
  return encoded && Buffer.from(encoded, 'base64').toString('utf8')
}

exports.handler = async (event, context) => {
  const logger = context.getLogger()
  const given = credentialsOf(event.headers.authorization ?? '')
  const known = given !== undefined && timingSafeEqual(digest(given), digest(event.user_data))
  if (!known) logger.info(`${context.getRequestID()}: denied`)

  return {
    statusCode: 200, // for both allow and deny
    body: JSON.stringify(
      known
        ? { status: 'allow', context: { user: given.split(':')[0], level: 'gold' } }
        : { status: 'deny', context: { code: '1001', message: 'incorrect username or password' } },
    ),
  }
}
