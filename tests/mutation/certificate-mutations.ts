import type { Mutation } from './mutations.ts';

/** Certificates, their paths and their logs. */
export const certificates: readonly Mutation[] = [
  ['lib/verify/x509/path-rules.ts', '!purposes.includes(keyPurposes.codeSigning)', 'false'],
  [
    'lib/verify/x509/path-rules.ts',
    '!(keyUsageAllows(leaf, keyUsageBits.digitalSignature) ?? privatePki)',
    'false',
  ],
  [
    'lib/verify/x509/path-rules.ts',
    "constraints === 'malformed' || (constraints?.ca && !(privatePki && pinned))",
    'false',
  ],
  [
    'lib/verify/x509/path-rules.ts',
    'return checkCriticalExtensions(leaf) ?? checkSignatureAlgorithm(leaf);',
    'return checkSignatureAlgorithm(leaf);',
  ],
  [
    'lib/verify/x509/path-rules.ts',
    'return checkCriticalExtensions(leaf) ?? checkSignatureAlgorithm(leaf);',
    'return checkCriticalExtensions(leaf);',
  ],
  [
    'lib/verify/x509/path-rules.ts',
    'purposes[0] !== keyPurposes.timeStamping || !critical',
    'purposes[0] !== keyPurposes.timeStamping',
  ],
  ['lib/verify/x509/path-rules.ts', 'purposes?.length !== 1 ||', ''],
  ['lib/verify/x509/path-rules.ts', '(!basic?.ca && !oldRoot)', 'false'],
  ['lib/verify/x509/path-rules.ts', 'below > basic.pathLength', 'below > basic.pathLength + 1'],
  [
    'lib/verify/x509/path-rules.ts',
    'keyUsageAllows(certificate, keyUsageBits.keyCertSign) === false',
    'false',
  ],
  [
    'lib/verify/x509/path-rules.ts',
    'purposes && !purposes.includes(wanted) && !purposes.includes(keyPurposes.any)',
    'false',
  ],
  ['lib/verify/x509/path-rules.ts', 'if (lower) return lower;', ''],
  ['lib/verify/x509/path-rules.ts', 'constraints.push(own);', ''],
  [
    'lib/verify/x509/path-rules.ts',
    "if (own === 'unenforceable')",
    "if (own === 'unenforceable' && false)",
  ],
  [
    'lib/verify/x509/path-rules.ts',
    '(anchor ? undefined : checkSignatureAlgorithm(certificate))',
    'undefined',
  ],
  ['lib/verify/x509/validate-path.ts', 'if (!signedLeaf(search, issuer)) continue;', ''],
  [
    'lib/verify/x509/validate-path.ts',
    'if (names) refusal ??= names;',
    'if (false) refusal ??= names;',
  ],
  [
    'lib/verify/x509/validate-path.ts',
    'time >= authority.from &&\n  time <= authority.until &&',
    '',
  ],
  [
    'lib/verify/x509/validate-path.ts',
    'certificates.every(({ notBefore, notAfter }) => time >= notBefore && time <= notAfter)',
    'certificates.slice(0, 1).every(({ notBefore, notAfter }) => time >= notBefore && time <= notAfter)',
  ],
  ['lib/verify/x509/validate-path.ts', 'intermediates.length > limits.certificates', 'false'],
  [
    'lib/verify/x509/validate-path.ts',
    'if (!paths.some((path) => isValidAt(path, time))) return expired(first, time);',
    '',
  ],
  ['lib/verify/x509/climb.ts', 'if (isSignedBy(top, candidate)) extend', 'extend'],
  [
    'lib/verify/x509/climb.ts',
    'chain.length + 2 > limits.certificates || budget.left <= 0',
    'budget.left <= 0',
  ],
  [
    'lib/verify/x509/climb.ts',
    'if (chain.some((one) => isSameEntity(one, candidate))) continue;',
    '',
  ],
  [
    'lib/verify/x509/climb.ts',
    'if (contains(pool.anchors, top)) {',
    'if (contains(pool.between, top)) {',
  ],
  [
    'lib/verify/x509/climb.ts',
    'subjectDer.equals(issuerDer));\n  return named',
    'subjectDer.length > 0);\n  return named',
  ],
  [
    'lib/verify/x509/certificate-signature.ts',
    'familyOf(oid) === familyOf(kind) && verify(hash, tbsDer, key, signature)',
    'true',
  ],
  [
    'lib/verify/x509/certificate-signature.ts',
    'if (accepted.includes(oid)) return undefined;',
    'return undefined;',
  ],
  [
    'lib/verify/x509/certificate-signature.ts',
    'oid === rsaPss && !isStrongPss(signatureAlgorithm.der)',
    'false',
  ],
  ['lib/verify/x509/check-scts.ts', 'vouching.size >= threshold', 'vouching.size >= threshold - 1'],
  ['lib/verify/x509/check-scts.ts', 'promise.at >= from && promise.at <= until', 'true'],
  ['lib/verify/x509/check-scts.ts', 'return result.holds\n    ? log', 'return true\n    ? log'],
  ['lib/verify/x509/check-scts.ts', 'sha256(issuer.spkiDer)', 'sha256(leaf.spkiDer)'],
  [
    'lib/verify/x509/check-scts.ts',
    'vouching.set(promise.logId,',
    'vouching.set(promise.logId + promise.at,',
  ],
  [
    'lib/verify/x509/name-constraints.ts',
    'own.length > 0 && !own.some((subtree) => matches(name, subtree) === true)',
    'false',
  ],
  [
    'lib/verify/x509/name-constraints.ts',
    '.some((subtree) => matches(name, subtree) !== false)',
    '.some((subtree) => matches(name, subtree) === true)',
  ],
  ['lib/verify/x509/name-constraints.ts', "domain.startsWith('.') ? name", 'true ? name'],
  [
    'lib/verify/x509/name-constraints.ts',
    'if (range.length !== address.length * 2) return false;',
    '',
  ],
  [
    'lib/verify/x509/extensions.ts',
    "parts === undefined || parts.length > 2) return 'malformed'",
    "parts === undefined) return 'malformed'",
  ],
  ['lib/verify/certificate.ts', '!inner?.whole.equals(algorithm.whole)', 'inner === undefined'],
  ['lib/verify/certificate.ts', 'der.length > limits.certificateBytes', 'false'],
  [
    'lib/verify/certificate.ts',
    'new Set(whole.map(({ oid }) => oid)).size === whole.length ? whole : undefined',
    'whole',
  ],
  ['lib/verify/certificate.ts', 'octet >= 0x20 && octet < 0x7f', 'true'],
  [
    'lib/verify/fulcio.ts',
    'first !== undefined && second !== undefined && first !== second',
    'false',
  ],
  [
    'lib/verify/fulcio.ts',
    'node?.tag === derTags.utf8String ? utf8(node.content) : undefined',
    'utf8(node?.content ?? bytes)',
  ],
];
