// Stands for modules that mocha's core imports and these tests do not need: debug("name") gives a
// function, ms(5) gives 5, picocolors has functions that colour nothing, is-unicode-supported() is true.

const quiet = Object.assign(() => quiet, { enabled: false });
const nothing = (value) => typeof value === "number" ? value : quiet;
for (const colour of ["red", "green", "yellow", "gray", "cyan", "bold", "dim", "bgRed", "bgGreen", "blue", "magenta", "white"])
	nothing[colour] = (text) => text;
module.exports = nothing;
