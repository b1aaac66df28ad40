/** Times as a person says them. */
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const date = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", year: "numeric" });
const clock = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit" });

/** "now", "5 minutes ago", "yesterday", "3 Nov 2026". Both in milliseconds since 1970. */
export function ago(time: number, now: number): string {
  const minutes = Math.round((now - time) / 60_000);
  if (minutes < 1) return "now";
  if (minutes < 60) return relative.format(-minutes, "minute");
  const hours = Math.round(minutes / 60);
  if (hours < 24) return relative.format(-hours, "hour");
  const days = Math.round(hours / 24);
  return days < 14 ? relative.format(-days, "day") : date.format(time);
}

/** "14:05" on the day itself, else "3 Nov 2026, 14:05". */
export const moment = (time: number, now: number): string =>
  new Date(time).toDateString() === new Date(now).toDateString()
    ? clock.format(time)
    : `${date.format(time)}, ${clock.format(time)}`;
