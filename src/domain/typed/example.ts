/** The command that refusals of what was typed show. */
export const EXAMPLE = 'For example: /registry-ha add node-2 --reason "second registry before the upgrade"';
