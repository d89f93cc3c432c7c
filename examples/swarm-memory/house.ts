/** What each board of a house was told, and what is asked. */

export const ROOMS: readonly (readonly [room: string, facts: readonly string[]])[] = [
	["kitchen", ["The spare bulbs are in the drawer under the coffee machine.", "The dishwasher shows E15 when water stands in its base.", "Anna is allergic to peanuts."]],
	["hall", ["The fuse box is in the hall cupboard, fuse seven is the kitchen.", "The wifi password for guests is tulip-42.", "Rubbish is collected on Tuesday."]],
	["bathroom", ["The medicine is in the upper left cupboard of the bathroom.", "The washing machine needs 45 minutes for the short programme.", "The attic ladder is opened with the stick beside the bathroom door."]],
	["cellar", ["To reset the heating press its red button for five seconds.", "The wine must not get warmer than sixteen degrees.", "The battery of the solar panels holds nine kilowatt hours."]],
	["garden", ["The garden pump switches on at dusk and stops after twenty minutes.", "The cat gets half a tin in the morning and half in the evening.", "The vet is at Garden Street 9."]],
];

export const QUESTIONS: readonly (readonly [question: string, answer: string])[] = [
	["where are the spare bulbs", "under the coffee machine"], ["what is anna allergic to", "peanuts"], ["which fuse is the kitchen", "fuse seven"], ["what is the wifi password for guests", "tulip-42"],
	["when is the rubbish collected", "Tuesday"], ["where is the medicine", "upper left"], ["how long does the washing machine need", "45 minutes"], ["how do i reset the heating", "red button"],
	["how much does the solar battery hold", "nine kilowatt"], ["when does the garden pump switch on", "at dusk"], ["how much food does the cat get", "half a tin"], ["where is the vet", "Garden Street"],
];
