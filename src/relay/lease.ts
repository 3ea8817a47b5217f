/**
 * How long members stay with a relay that is cut off from its circle (ms), counted from the last ping that the circle is
 * known to have answered. Pings are 5 s apart, a dial that is not answered ends after 5 s, and the next follows within 1.25 s: a
 * relay is back before this ends if its circle was away for 30 s.
 */
export const leaseMs = 45_000

/** Without a frame for so long, a relay asks whether it may park (ms). Parking costs as much as being awake for 4 s. */
export const quietMs = 15_000
