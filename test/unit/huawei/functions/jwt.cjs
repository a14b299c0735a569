// Sample: JWT, async, string context only.
const verify = require('./verify.cjs') // any verifier
exports.handler = async (event, context) => {
  const log = context.getLogger()
  const raw = (event.headers || {}).authorization || ''
  let out
  try {
    const c = await verify(raw.replace(/^Bearer /i, ''), context.getUserData('JWKS'))
    out = { status: 'allow', context: { sub: String(c.sub), scope: String(c.scope || '') } }
  } catch (e) {
    log.info('reject ' + e.message)
    out = { status: 'deny', context: { message: 'bad token' } }
  }
  return { statusCode: 200, body: JSON.stringify(out) }
}
