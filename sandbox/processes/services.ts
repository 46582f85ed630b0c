/** The processes of a sandbox that can be killed and started. */
export const SERVICES = ['bot', 'worker', 'redis'] as const;

export type ServiceName = (typeof SERVICES)[number];
