/** The example in refusals of typed commands. */
export const EXAMPLE = 'For example: /registry-ha add node-2 --reason "second registry before the upgrade"';
