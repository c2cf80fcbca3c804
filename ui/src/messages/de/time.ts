import type { Messages } from "../en";

export const time: Pick<Messages, "time"> = {
  time: {
    seconds: (seconds: number) => `${seconds} s`,
    minutes: (minutes: number, seconds: string) => `${minutes}:${seconds} min`,
    hours: (hours: number, minutes: number) => `${hours} h ${minutes} min`,
  },
};
