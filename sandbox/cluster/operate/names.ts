/** What an operator does with MetalK8s' own scripts, each with its arguments. */
export const OPERATIONS = {
  'iso-manager': 'add|remove VERSION',
  upgrade: 'VERSION',
  solution: 'import|unimport NAME',
} as const;
