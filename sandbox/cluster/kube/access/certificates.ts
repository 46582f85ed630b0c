import { generate } from 'selfsigned';

/** A key and the certificate for it, both PEM. */
export interface Credential {
  readonly key: string;
  readonly cert: string;
}

/** The certificate authority of one simulated API server. */
export interface Authority {
  readonly cert: string;
  server(ip: string): Promise<Credential>;
  /** Issues a client certificate; Kubernetes reads the user from CN and the groups from O. */
  client(user: string, group: string): Promise<Credential>;
}

/** The group with every permission. */
export const MASTERS = 'system:masters';

const COMMON = { keyType: 'ec', algorithm: 'sha256' } as const;

/** Creates a new authority, as kubeadm does for a new cluster. */
export async function makeAuthority(): Promise<Authority> {
  const made = await generate([{ name: 'commonName', value: 'kubernetes' }], {
    ...COMMON,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, digitalSignature: true, critical: true },
    ],
  });
  const ca = { key: made.private, cert: made.cert };
  return {
    cert: ca.cert,
    async server(ip) {
      const altNames = [
        { type: 7, ip },
        { type: 2, value: 'kubernetes' },
      ] as const;
      const issued = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
        ...COMMON,
        ca,
        extensions: [
          { name: 'extKeyUsage', serverAuth: true },
          { name: 'subjectAltName', altNames: [...altNames] },
        ],
      });
      return { key: issued.private, cert: issued.cert };
    },
    async client(user, group) {
      const subject = [
        { name: 'organizationName', value: group },
        { name: 'commonName', value: user },
      ];
      const issued = await generate(subject, {
        ...COMMON,
        ca,
        extensions: [{ name: 'extKeyUsage', clientAuth: true }],
      });
      return { key: issued.private, cert: issued.cert };
    },
  };
}
