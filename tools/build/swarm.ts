/** Ports for radios of the desktop host (hosts/desktop/radio.c), so that runs beside each other do not meet. */

const PORTS = 64, FIRST = 10240, SWARMS = 200;

/** The first port of a swarm that is this process's own, as far as process ids tell; `n`: another one. */
export const ownSwarm = (n = 0): number => FIRST + (process.pid + 61 * n) % SWARMS * PORTS;
