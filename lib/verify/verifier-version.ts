/**
 * Names the rules by which facts were found. Facts of another version are not reused, so raise it
 * whenever a rule of this folder changes what can be verified.
 */
export const verifierVersion = 'sealwatch-3+sigstore-verify-4.1.3';
