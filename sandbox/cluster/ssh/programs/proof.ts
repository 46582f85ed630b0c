import type { Program } from '../program.ts';

/** The script that prints its argument. */
export const prove: Program = async (call) => {
  await call.out(`${call.args[0] ?? ''}\n`);
  return 0;
};

/** The script that prints the first program that sudo does not run. */
export const proveSudo: Program = async ({ node, reach, user, args, out, err }) => {
  const isLimited = reach.parts.faults.isOn('sudo-password', node.name) || node.ssh.sudo !== 'nopasswd';
  if (user === 'root' || !isLimited) return 0;
  await err('sudo: a password is required');
  await out(`${args[0] ?? ''}\n`);
  return 1;
};
