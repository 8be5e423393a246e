/** How long CPace's parts are, for whoever handles its messages without computing with them. */

export const CPACE_SHARE_BYTES = 32;
export const CPACE_SID_BYTES = 16;
/** The intermediate session key: one SHA-512 output. */
export const CPACE_ISK_BYTES = 64;
