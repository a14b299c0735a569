/** Verifying a token without a cache. Ours is the whole decision: request, identity, verification and result. */
import { OURS } from '../guarded.mjs'
import { VERIFIERS } from '../verifiers.mjs'
import { credentialOf, evaluatingWith, seenPath } from './requests.mjs'

let used = 0
const useClaims = (claims) => (used += (claims.sub ?? '').length)

const ours = (credential) => {
  const [authorizer] = OURS['our JWT'](credential)
  return evaluatingWith(authorizer, seenPath, credential.token)
}

const verifying = (make) => async (credential) => {
  const verify = await make(credential)
  const bytes = Buffer.from(credential.token, 'latin1')
  return {
    prepare: () => bytes.latin1Slice(),
    run: (token) => {
      const claims = verify(token)
      return claims instanceof Promise ? claims.then(useClaims) : useClaims(claims)
    },
  }
}

const LIBRARIES = {
  'custom-authorizer': ours,
  ...Object.fromEntries(Object.entries(VERIFIERS).map(([name, make]) => [name, verifying(make)])),
}

export const JWT_SUBJECTS = Object.fromEntries(
  ['RS256', 'ES256'].flatMap((alg) =>
    Object.entries(LIBRARIES).map(([name, make]) => [`${name} ${alg}`, () => make(credentialOf(alg))]),
  ),
)
