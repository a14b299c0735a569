// The settings of a service as a reader has them.
export const issuer = 'https://issuer.example'
export const audience = 'https://api.example'
export const token = 'a token of the issuer'
