/**
 * Times on the air of 2.4 GHz Wi-Fi frames, in microseconds, by IEEE Std 802.11-2020, and the bytes of ESP-NOW frames.
 *
 * A board is an ERP or HT station without a BSS, so the slot is the long one (9.4.1.4: no short slots in an IBSS), but for worlds with
 * `shortSlots`.
 */

import type { PhyRate } from "ruvllm-esp32/platform/radio";

/** aSlotTime, long: table 18-5 (ERP), table 15-6 (DSSS). */
export const SLOT = 20;
/** aSlotTime, short (table 18-5). */
export const SHORT_SLOT = 9;
/** aSIFSTime: tables 15-6, 16-4, 18-5, 19-25 at 2.4 GHz. */
export const SIFS = 10;
/** 10.3.7: DIFS = aSIFSTime + 2 x aSlotTime. */
export const difs = (slot: number): number => SIFS + 2 * slot;
export const DIFS = difs(SLOT);
/** aCWmin of ERP-OFDM and HT, and of all frames where all stations are ERP (table 18-5: aCWmin(1)). */
export const CW_MIN_ERP = 15;
/** aCWmax of all these PHYs. */
export const CW_MAX = 1023;
/** dot11ShortRetryLimit (annex C): 7 attempts of a frame not longer than dot11RTSThreshold, so 6 retries. */
export const RETRIES = 6;
/**
 * Frames that begin so close together do not hear each other: aCCATime of the DSSS PHY, below 15 (table 15-6). Slots are
 * wider, so it matters only to frames that were sent into an idle channel.
 */
export const CCA = 15;

/** ACK frame: frame control 2, duration 2, receiver 6, FCS 4 (9.3.1.4). */
const ACK_BYTES = 14;
/** DSSS: long preamble 144 and header 48 (15.2.2.2). */
const DSSS_PREAMBLE = 192;
/** OFDM: short and long training 16, SIGNAL 4 (17.3.2). HT mixed: L-STF 8, L-LTF 8, L-SIG 4, HT-SIG 8, HT-STF 4, HT-LTF 4 (19.3.2). */
const OFDM_PREAMBLE = 20, HT_PREAMBLE = 36;
const SYMBOL = 4;
/** Signal extension at 2.4 GHz, for ERP-OFDM and HT (18.3.2.4, 19.3.2). */
const EXTENSION = 6;
/** SERVICE 16 and tail 6 bits, one encoder. */
const EXTRA_BITS = 22;

export class PhyProfile {
	readonly rate: PhyRate;
	readonly #dsss: boolean;
	/** Twice the Mbit/s of DSSS, or data bits of a symbol. */
	readonly #speed: number;
	readonly #preamble: number;
	/** aCWmin: 31 at DSSS rates (table 15-6, and 18-5's aCWmin(0)), else CW_MIN_ERP. */
	readonly contentionWindow: number;
	/**
	 * An HT station has QoS: it counts a slot at the end of DIFS already, when it goes on counting after others' frames (EDCA,
	 * 10.23.2.4). Its AIFS is DIFS here, and its contention window as without QoS.
	 */
	readonly edca: boolean;
	/** Of an acknowledgement of such a frame. */
	readonly acknowledgement: number = 0;
	/** aRxPHYStartDelay of an acknowledgement: it is awaited for SIFS, a slot and that (10.3.2.11). */
	readonly acknowledgementStart: number;

	constructor(rate: PhyRate, dsss: boolean, speed: number, preamble: number, acknowledgement?: PhyProfile) {
		this.rate = rate;
		this.#dsss = dsss;
		this.#speed = speed;
		this.#preamble = preamble;
		this.edca = preamble === HT_PREAMBLE;
		this.contentionWindow = dsss ? 31 : CW_MIN_ERP;
		this.acknowledgement = (acknowledgement ?? this).airtime(ACK_BYTES);
		this.acknowledgementStart = (acknowledgement ?? this).#preamble;
	}

	/** Of a frame of so many bytes, FCS included. */
	airtime(bytes: number): number {
		if (this.#dsss)
			return this.#preamble + Math.ceil(16 * bytes / this.#speed);
		return this.#preamble + SYMBOL * Math.ceil((EXTRA_BITS + 8 * bytes) / this.#speed) + EXTENSION;
	}
}

const dsss = (rate: PhyRate, speed: number): PhyProfile => new PhyProfile(rate, true, speed, DSSS_PREAMBLE);
const ofdm = (rate: PhyRate, bits: number, acknowledgement?: PhyProfile): PhyProfile => new PhyProfile(rate, false, bits, OFDM_PREAMBLE, acknowledgement);
const ht = (rate: PhyRate, bits: number, acknowledgement: PhyProfile): PhyProfile => new PhyProfile(rate, false, bits, HT_PREAMBLE, acknowledgement);

/*
 * An acknowledgement goes at the highest basic rate that is not above the frame's, without a BSS at the highest mandatory one
 * (10.6.6.5.2): 1, 2, 5.5 and 11 are mandatory for HR/DSSS; 6, 12 and 24 for OFDM; an HT frame counts as the OFDM frame of
 * the same modulation and code rate (10.6.11): MCS0 as 6, MCS7 as 54.
 * Data bits of a symbol: table 17-4; table 19-27 (20 MHz, one stream, long guard interval).
 */
const OFDM6 = ofdm("6M", 24), OFDM12 = ofdm("12M", 48), OFDM24 = ofdm("24M", 96);
const PROFILES: Readonly<Record<PhyRate, PhyProfile>> = {
	"1M": dsss("1M", 2), "2M": dsss("2M", 4), "5M5": dsss("5M5", 11), "11M": dsss("11M", 22),
	"6M": OFDM6, "12M": OFDM12, "24M": OFDM24, "36M": ofdm("36M", 144, OFDM24), "48M": ofdm("48M", 192, OFDM24), "54M": ofdm("54M", 216, OFDM24),
	MCS0: ht("MCS0", 26, OFDM6), MCS7: ht("MCS7", 260, OFDM24),
};

export const isPhyRate = (rate: unknown): rate is PhyRate => typeof rate === "string" && Object.hasOwn(PROFILES, rate);

/** @throws RangeError for an unknown rate */
export function profileOf(rate: PhyRate): PhyProfile {
	if (!isPhyRate(rate))
		throw new RangeError(`there is no rate ${String(rate)}; rates are ${Object.keys(PROFILES).join(", ")}`);
	return PROFILES[rate];
}

/** Bytes of one element of ESP-NOW at most. */
const ELEMENT = 250;
/** Element id 1, length 1, organisation 3, type 1, version 1. */
const ELEMENT_HEADER = 7;
/** MAC header 24, category 1, organisation 3, random value 4, FCS 4. */
const ACTION_FRAME = 36;
/** CCMP header 8 and MIC 8 (12.5.3.2). */
const CCMP = 16;

/**
 * Bytes on the air of a datagram: a vendor-specific action frame, with an element for each 250 bytes (ESP-IDF Programming Guide,
 * ESP-NOW, "Frame Format"). `encrypted`: by a local key.
 */
export function frameBytes(count: number, encrypted = false): number {
	return ACTION_FRAME + count + ELEMENT_HEADER * Math.ceil(count / ELEMENT) + (encrypted ? CCMP : 0);
}
