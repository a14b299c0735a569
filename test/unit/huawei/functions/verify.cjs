// Replaces a JWT verifier: accepts one token and requires the keys.
module.exports = async (token, keys) => {
  if (keys !== 'the keys') throw new Error('no keys')
  if (token !== 'good') throw new Error('unknown token')
  return { sub: 7, scope: ['read', 'write'] }
}
