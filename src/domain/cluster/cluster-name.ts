/** At most 42 lower-case letters, digits and hyphens: the name is part of change IDs, Redis keys and file names. */
export const CLUSTER_NAME = /^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$/;

export const isClusterName = (text: string): boolean => CLUSTER_NAME.test(text);
