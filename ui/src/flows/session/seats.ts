import type { ParticipantView } from "../../bindings/ParticipantView";

/** Who sits where, by device; none on a free place. */
export type Seats = readonly (string | undefined)[];

/**
 * Everyone on the place that they had, newcomers on the first free one, and `places` places at least: so
 * nothing moves on the screen when somebody comes or goes.
 */
export function seated(before: Seats, participants: readonly ParticipantView[], places: number): Seats {
  const here = new Set(participants.map(({ device }) => device.id));
  const seats = before.map((id) => (id !== undefined && here.has(id) ? id : undefined));
  const sitting = new Set(seats);
  for (const id of here) {
    if (sitting.has(id)) continue;
    const free = seats.indexOf(undefined);
    if (free === -1) seats.push(id);
    else seats[free] = id;
  }
  while (seats.length > Math.max(places, here.size) && seats.at(-1) === undefined) seats.pop();
  while (seats.length < places) seats.push(undefined);
  return seats;
}
