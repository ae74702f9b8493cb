/** Control characters but tabs and line ends, and what makes text run the other way: a name must read as it is. */
export const UNSEEN = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;
