/** The processes of a sandbox that can be killed and started. `old-worker`: the one of a bootstrap node that was restored elsewhere. */
export const SERVICES = ['bot', 'worker', 'redis', 'old-worker'] as const;

export type ServiceName = (typeof SERVICES)[number];
