/** The processes of a sandbox that can be killed and started. */
export const SERVICES = ['bot', 'worker', 'redis'] as const;

/** One of them by name. */
export type ServiceName = (typeof SERVICES)[number];
