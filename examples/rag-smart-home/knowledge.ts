/** What a household told its board, and what is asked of it. */

export const KNOWLEDGE: readonly string[] = [
	"The heating stands in the cellar behind the wine rack. To reset it press its red button for five seconds. The pressure must lie between 1.2 and 1.8 bar; below that water is refilled at the blue valve.",
	"The kitchen light is called main light. Its bulb is a GU10 of 5 watts. Spare bulbs are in the drawer under the coffee machine.",
	"Rubbish is collected on Tuesday, paper every second Thursday. The bins must stand at the street before six in the morning.",
	"Guests use the network Lindenhof with the password tulip-42. The router hangs behind the television. It restarts when it is without power for ten seconds.",
	"The dishwasher shows E15 when water stands in its base. Close the tap, tilt the machine a little to the back, and let it dry for a day.",
	"Anna is allergic to peanuts. Her medicine is in the upper left cupboard of the bathroom. In an emergency call 112 first, then doctor Weber.",
	"The cat is called Minka and gets half a tin in the morning and half in the evening. She must not have milk. The vet is at Garden Street 9.",
	"The garden is watered by the cistern. The pump switches on at dusk and stops after twenty minutes. In winter the outer tap is closed and emptied.",
	"The alarm is armed with the green fob. Its code is known to Anna and Tom only. A blinking yellow lamp means that a window is open.",
	"The washing machine needs 45 minutes for the short programme. Wool is washed at 30 degrees without spinning. It must not run after ten at night.",
	"Solar panels give 4.2 kilowatts at noon in June. The battery in the garage holds 9 kilowatt hours. When it is full the boiler is heated.",
	"Grandmother's birthday is on the third of May. She likes lilies and dark chocolate.",
	"The car is charged in the garage, best between eleven and three when the sun shines. A full charge takes six hours.",
	"The attic ladder is opened with the stick that hangs beside the bathroom door. Christmas decoration is in the two red boxes there.",
	"The fuse box is in the hall cupboard. Fuse seven is the kitchen, fuse nine the garden. The main switch is the black one at the bottom.",
];

/** Questions with words of their answers; without an answer: nothing here tells. */
export const QUESTIONS: readonly (readonly [question: string, answer?: string])[] = [
	["How do I reset the heating?", "red button"], ["What pressure should the heating have?", "1.2 and 1.8"], ["Where are the spare bulbs?", "under the coffee machine"],
	["When is the rubbish collected?", "Tuesday"], ["What is the wifi password for guests?", "tulip-42"], ["How can I restart the router?", "ten seconds"], ["What does E15 on the dishwasher mean?", "water stands"],
	["What is Anna allergic to?", "peanuts"], ["Where is Anna's medicine?", "upper left cupboard"], ["How much does the cat get to eat?", "half a tin"], ["May the cat have milk?", "must not"],
	["When does the garden pump switch on?", "dusk"], ["Who knows the code of the alarm?", "Anna and Tom"], ["What does the blinking yellow lamp mean?", "window is open"], ["How long is the short programme of the washing machine?", "45 minutes"],
	["At how many degrees is wool washed?", "30"], ["How much does the battery in the garage hold?", "9 kilowatt"], ["When is grandmother's birthday?", "third of May"], ["How long does charging the car take?", "six hours"],
	["Where is the Christmas decoration?", "red boxes"], ["Which fuse is the kitchen?", "Fuse seven"],
	["Who won the world cup?"], ["What is the capital of Australia?"], ["How do I bake sourdough bread?"], ["How tall is Mount Everest?"], ["When does the next train to Berlin leave?"], ["What did Napoleon write to Josephine?"],
];
