const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Creates unique job IDs: twenty digits, the UTC time to the microsecond. */
export class JidSource {
  private last = 0;

  next(now: Date): string {
    this.last = Math.max(now.getTime() * 1000 + Math.floor(Math.random() * 1000), this.last + 1);
    const micros = String(this.last % 1000).padStart(3, '0');
    return new Date(Math.floor(this.last / 1000)).toISOString().replace(/\D/g, '') + micros;
  }
}

/** The start time that Salt derives from a job ID: `2026, Nov 22 05:46:29.391001`. */
export function startTimeOf(jid: string): string {
  const part = (from: number, to: number) => jid.slice(from, to);
  const month = MONTHS[Number(part(4, 6)) - 1] ?? 'Jan';
  return `${part(0, 4)}, ${month} ${part(6, 8)} ${part(8, 10)}:${part(10, 12)}:${part(12, 14)}.${part(14, 20)}`;
}

/** Whether this text is a job ID; for anything else jobs.* returns an error. */
export function isJid(text: string): boolean {
  return /^\d{20}$/.test(text);
}

/** A state's start time. */
export function timeOfDay(at: Date): string {
  return `${at.toISOString().slice(11, 23)}000`;
}
