/** Homes that nobody lives in: names of areas and devices at random, so that a model learns none of them. */

import type { HomeConfig } from "ruvllm-esp32/engine/home/home";
import type { Chooser } from "./random.ts";

const AREAS = [
	"Kitchen", "Living Room", "Bedroom", "Bathroom", "Garage", "Office", "Hallway", "Attic", "Laundry Room", "Dining Room", "Guest Room", "Nursery", "Basement",
	"Garden", "Patio", "Balcony", "Study", "Entrance", "Master Bedroom", "Kids Room", "Library", "Workshop", "Pantry", "Cellar", "Conservatory", "Gym", "Den",
	"Porch", "Outside", "Backyard", "Playroom", "Closet", "Utility Room", "Game Room", "Cinema", "Ensuite", "Lounge", "Toilet", "Sunroom", "Studio",
];
const FLOORS = ["First Floor", "Second Floor", "Third Floor", "Ground Floor", "Upstairs", "Downstairs", "Basement", "Attic", "Top Floor", "Upper Level"];
const ADJECTIVES = [
	"Left", "Right", "Front", "Back", "Small", "Big", "Corner", "Main", "Night", "Reading", "Ceiling", "Floor", "Desk", "Wall", "Window", "Old", "New", "Blue",
	"Upper", "Lower", "Bedside", "Outdoor", "Smart", "Spare", "Secondary", "Garden", "Side", "Inner",
];
const NOUNS: Readonly<Record<string, readonly string[]>> = {
	light: ["Lamp", "Light", "Lights", "Spotlight", "Chandelier", "LED Strip", "Sconce", "Lantern", "Bulb", "Countertop", "Ceiling", "Cabinets", "Nook", "Overhead Light", "Corner"],
	switch: ["Switch", "Outlet", "Plug", "Socket", "Coffee Maker", "Kettle", "Heater", "Pump", "Sprinkler", "Toaster", "Air Purifier", "Christmas Tree", "Fountain", "Towel Rail"],
	fan: ["Fan", "Ventilator", "Extractor", "Ceiling Fan", "Exhaust Fan"],
	cover: ["Curtain", "Blind", "Shade", "Shutter", "Garage Door", "Gate", "Awning", "Blinds", "Curtains", "Sliding Door", "Skylight"],
	lock: ["Door", "Lock", "Door Lock", "Gate Lock", "Sliding Doors"],
	climate: ["Thermostat", "Air Conditioner", "AC", "Heating", "Radiator", "Heat Pump"],
	media_player: ["TV", "Speaker", "Radio", "Soundbar", "Television", "Stereo", "Homepod", "Record Player", "Receiver"],
	vacuum: ["Rover", "Vacuum", "Robovac", "Dusty", "Roomba", "Hoover", "Mopster"],
	lawn_mower: ["Mower", "Lawn Mower", "Shaun"],
	valve: ["Valve", "Water Valve", "Gas Valve", "Irrigation Valve"],
	humidifier: ["Humidifier", "Dehumidifier"],
	scene: ["Party Mode", "Movie Night", "Good Night", "Romantic", "Dinner", "Relax", "Morning", "Bright", "Away Mode", "Reading", "Work Time", "Sunset", "Focus"],
	script: ["Stealth Mode", "Bedtime Routine", "Goodbye", "Wake Up", "Water Plants", "Reboot Router", "Feed Cat", "Fire Drill", "Leave Home"],
	person: ["Joseph", "Ada", "John", "Maria", "Alice", "Bob", "Mom", "Dad", "Grace", "Linus", "Priya", "Chen", "Fatima", "Olga", "Sam"],
	todo: ["Chores", "Trader Joes", "Groceries", "Hardware Store", "Packing", "Homework", "Wish List", "Party", "To Do", "Weekend", "Bucket List"],
	weather: ["London", "Los Angeles", "Berlin", "Home", "Paris", "Tokyo", "New York", "Amsterdam", "Oslo"],
};
/** What sensors of a class are called, beside the name of what they measure. */
const MEASURED = [
	"Phone", "My Phone", "Car", "Washer", "Dryer", "Heat Pump", "Solar", "Grid", "Fridge", "Boiler", "Server", "Outside", "Greenhouse", "Aquarium", "Pool", "House",
	"Wall Plug", "Water Pump", "Dishwasher", "Computer", "Mains", "Pet Feeder", "Printer", "Router", "Tablet", "Water Pipes", "Weather Station", "Bed", "Furnace",
	"Robot", "Mailbox", "Shed", "Pet Door", "Shed Window", "Siren", "Road", "Cookie Stash", "Brewery", "Next Birthday", "Log File", "Dog", "Oven", "Freezer",
];
const BINARY = [
	"battery", "battery_charging", "carbon_monoxide", "cold", "connectivity", "door", "garage_door", "gas", "heat", "light", "lock", "moisture", "motion", "moving",
	"occupancy", "opening", "plug", "power", "presence", "problem", "running", "safety", "smoke", "sound", "tamper", "update", "vibration", "window",
];
const SENSED = [
	"apparent_power", "aqi", "atmospheric_pressure", "battery", "carbon_dioxide", "carbon_monoxide", "current", "data_rate", "data_size", "date", "distance",
	"duration", "energy", "energy_storage", "frequency", "gas", "humidity", "illuminance", "irradiance", "moisture", "monetary", "nitrogen_dioxide",
	"nitrogen_monoxide", "nitrous_oxide", "ozone", "ph", "pm1", "pm25", "pm10", "power_factor", "power", "precipitation", "precipitation_intensity", "pressure",
	"reactive_power", "signal_strength", "sound_pressure", "speed", "sulphur_dioxide", "temperature", "volatile_organic_compounds",
	"volatile_organic_compounds_parts", "voltage", "volume", "volume_storage", "water", "weight", "wind_speed", "conductivity", "wind_direction", "volume_flow_rate",
];

type Entity = NonNullable<HomeConfig["entities"]>[number];

export function randomHome(random: Chooser): HomeConfig {
	const floors = random.some(FLOORS, 1 + random.below(4)).map((name) => ({ name, id: name }));
	const areas = random.some(AREAS.filter((name) => !floors.some((floor) => floor.name === name)), 4 + random.below(8)).map((name) => ({ name, id: name }));
	const entities: Entity[] = [], taken = new Set<string>();
	const add = (name: string, domain: string, deviceClass?: string): void => {
		const key = `${name} ${domain} ${deviceClass ?? ""}`;
		if (!taken.has(key))
			entities.push({ name, id: `${domain}.${taken.size}`, ...(deviceClass && { attributes: { device_class: deviceClass } }) });
		taken.add(key);
	};
	for (const [domain, nouns] of Object.entries(NOUNS))
		for (let i = domain === "light" ? 6 : 3; i > 0; i--) {
			const noun = random.pick(nouns), way = random.below(4);
			const plain = ["scene", "script", "person", "todo", "weather", "vacuum"].includes(domain);
			add(plain || way === 0 ? noun : way === 1 ? `${random.pick(areas).name} ${noun}` : way === 2 ? `${random.pick(ADJECTIVES)} ${noun}` : `${noun} ${random.pick(ADJECTIVES)}`, domain);
		}
	for (let i = 0; i < 14; i++)
		add(random.chance(0.2) ? `${random.pick(areas).name} ${spoken(random.pick(BINARY))} sensor` : random.pick(MEASURED), "binary_sensor", random.pick(BINARY));
	if (random.chance(0.5))
		add("TV", "media_player");
	for (const common of ["Light", "Gas", "CO", "Motion sensor", "Occupancy", "Smoke"])
		if (random.chance(0.4))
			add(common, "binary_sensor", { Light: "light", Gas: "gas", CO: "carbon_monoxide", "Motion sensor": "motion", Occupancy: "occupancy", Smoke: "smoke" }[common]);
	for (let i = 0; i < 16; i++) {
		const sensed = random.pick(SENSED), way = random.below(4);
		add(way === 0 ? random.pick(MEASURED) : `${random.chance(0.5) ? random.pick(MEASURED) : random.pick(areas).name} ${way === 1 ? "sensor" : `${spoken(sensed)}${way === 2 ? " sensor" : ""}`}`,
			"sensor", sensed);
	}
	if (random.chance(0.7))
		add(random.pick(["Outside Temperature", "Pool Temperature", "Outside Humidity", "Electricity Price", "Car Range"]), "sensor");
	return { floors, areas, entities };
}

const spoken = (deviceClass: string): string => deviceClass.replaceAll("_", " ");
