// The secrets of a service as a reader has them.
export const secret = 'a secret of the webhook'

export const authorizerSecret = 'a secret of 32 bytes, as openssl makes it'

export const apiKeys = { acme: 'key-of-acme-4f1c9d7b2a', demo: 'key-of-demo-8e3b6a5d1c' }
