/** Lower-case letters, digits and hyphens, at most 42: it is part of a change's id, of keys in Redis and of file names. */
export const CLUSTER_NAME = /^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$/;

export const isClusterName = (text: string): boolean => CLUSTER_NAME.test(text);
